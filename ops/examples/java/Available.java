import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Counts what is available in each lot of each person, from the events on {@code rugzak.ledger.v1}.
 * Yours to copy: it uses Kafka's client, Jackson and the published schemas, and nothing of Rugzak.
 *
 * <p>{@code mvn -q dependency:copy-dependencies -DoutputDirectory=libs}, then {@code java -cp 'libs/*'
 * Available.java HOST:PORT [TOPIC] [--once]}. With {@code --once} it prints what it knows at the end
 * of the topic, one line for each lot, and ends.
 *
 * <p>It keeps all in memory and begins with the first event. Who keeps it in a database writes the
 * lots, the last position of each person and the offset in one transaction.
 */
public final class Available {
    private static final String SERVICE = "be.rugzak.ledger.v1.";
    private static final int QUIET_POLLS = 5;

    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, Long> lastPosition = new TreeMap<>();
    private final Map<String, Map<String, Long>> available = new TreeMap<>();

    /**
     * Takes one event in; a repeat changes nothing. An event may come twice, and after a fault of the
     * sender older ones may come again after newer ones. In between, none of a person is left out.
     */
    void take(String key, String value) throws Exception {
        JsonNode message = json.readTree(value);
        JsonNode data = message.get("data");
        long position = data.get("position").asLong();
        if (position <= lastPosition.getOrDefault(key, 0L)) {
            return;
        }
        lastPosition.put(key, position);
        Map<String, Long> lots = available.computeIfAbsent(key, person -> new TreeMap<>());
        switch (message.get("type").asText().substring(SERVICE.length())) {
            case "rights.notify.granted", "rights.notify.restored" ->
                add(lots, data.get("lot"), data.get("quantity").asLong());
            case "rights.notify.expired" ->
                add(lots, data.get("lot"), -data.get("quantity").asLong());
            case "rights.notify.withdrawn" ->
                add(lots, data.get("lot"), data.get("fromExpired").asLong() - data.get("quantity").asLong());
            case "reservations.notify.created" -> addEach(lots, data, -1);
            case "reservations.notify.released", "uses.notify.reversed" -> addEach(lots, data, 1);
            case "uses.notify.created" -> addEach(lots, data, data.get("captured").asBoolean() ? 0 : -1);
            case "transfers.notify.created" -> {
                add(lots, data.get("fromLot"), -data.get("quantityOut").asLong());
                add(lots, data.get("lot"), data.get("quantityIn").asLong());
            }
            case "transfers.notify.reversed" -> {
                add(lots, data.get("fromLot"), data.get("quantityOut").asLong());
                add(lots, data.get("lot"), -data.get("quantityIn").asLong());
            }
            default -> { } // about something else, or of a later version of the service
        }
    }

    private static void add(Map<String, Long> lots, JsonNode lot, long quantity) {
        lots.merge(lot.asText(), quantity, Long::sum);
    }

    private static void addEach(Map<String, Long> lots, JsonNode data, long sign) {
        for (JsonNode part : data.get("lots")) {
            add(lots, part.get("lot"), sign * part.get("quantity").asLong());
        }
    }

    private void print() {
        available.forEach((person, lots) ->
            lots.forEach((lot, quantity) -> System.out.println(person + " " + lot + " " + quantity)));
    }

    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments).stream().filter(word -> !word.startsWith("--")).toList();
        boolean once = List.of(arguments).contains("--once");
        String topic = words.size() > 1 ? words.get(1) : "rugzak.ledger.v1";
        Properties settings = new Properties();
        settings.put("bootstrap.servers", words.get(0));
        settings.put("isolation.level", "read_committed"); // what a sender took back is not read
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        Available counted = new Available();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(found -> new TopicPartition(found.topic(), found.partition()))
                .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            for (int quiet = 0; !once || quiet < QUIET_POLLS; quiet++) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(500))) {
                    counted.take(record.key(), record.value());
                    quiet = -1;
                }
            }
        }
        counted.print();
    }
}
