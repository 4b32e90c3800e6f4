// Checks a published tree with nothing of ours: Go's sumdb/note opens the checkpoint, sumdb/tlog
// reads hashes out of the tiles, each of which it proves, and computes the root from the entries.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type reader struct{ folder string }

// Go's own tiles have their height in the path; C2SP's are always 8 high.
func place(path string) string { return strings.Replace(path, "tile/8/", "tile/", 1) }

func (r reader) Height() int { return 8 }

func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(r.folder, place(tile.Path())))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (r reader) SaveTiles([]tlog.Tile, [][]byte) {}

func check(folder, key string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		return fmt.Errorf("the checkpoint is of %s", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return fmt.Errorf("no root: %s", lines[2])
	}
	tree := tlog.Tree{N: size, Hash: tlog.Hash(root)}
	hashes := tlog.TileHashReader(tree, reader{folder})
	if size == 0 {
		return nil
	}
	for start := int64(0); start < size; start += 256 {
		count := min(256, size-start)
		path := tlog.Tile{H: 8, L: -1, N: start / 256, W: int(count)}.Path()
		path = strings.Replace(path, "tile/8/data/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			return err
		}
		var indexes []int64
		var leaves []tlog.Hash
		for len(bundle) > 2 {
			length := int(binary.BigEndian.Uint16(bundle))
			if len(bundle) < 2+length {
				return fmt.Errorf("%s ends early", path)
			}
			leaves = append(leaves, tlog.RecordHash(bundle[2:2+length]))
			indexes = append(indexes, tlog.StoredHashIndex(0, start+int64(len(indexes))))
			bundle = bundle[2+length:]
		}
		if int64(len(leaves)) != count {
			return fmt.Errorf("%s has %d entries", path, len(leaves))
		}
		proven, err := hashes.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i := range leaves {
			if leaves[i] != proven[i] {
				return fmt.Errorf("entry %d is not in the tree", start+int64(i))
			}
		}
	}
	last, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, size-1)})
	if err != nil {
		return err
	}
	proof, err := tlog.ProveRecord(size, size-1, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, size, tree.Hash, size-1, last[0])
}

func main() {
	if err := check(os.Args[1], os.Args[2]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ok")
}
