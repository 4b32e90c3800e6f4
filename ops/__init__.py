"""Operations: settings, wiring, command line, embedded servers, benches. Nobody imports it."""
