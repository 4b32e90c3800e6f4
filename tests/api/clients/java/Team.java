// What the team writes. `rugzak` is made from the published document; nothing else of ours is used.

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import rugzak.ApiClient;
import rugzak.ApiException;
import rugzak.api.BalancesApi;
import rugzak.api.CommandsApi;
import rugzak.model.BadRequest;
import rugzak.model.Balances;
import rugzak.model.Course;
import rugzak.model.Done;
import rugzak.model.Problem;
import rugzak.model.TakingAsked;

public final class Team {
  private static final String PURPOSE = "enrolment";
  private static final ObjectMapper JSON = ApiClient.createDefaultObjectMapper();

  public static void main(String[] args) throws Exception {
    var client = new ApiClient();
    client.updateBaseUri(args[0]);
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + args[1]));
    var account = UUID.fromString(args[2]);
    var today = LocalDate.parse(args[3]);
    var balances = new BalancesApi(client);
    var commands = new CommandsApi(client);

    long before = usable(balances.getBalances(account, PURPOSE, null, null, null, null));
    TakingAsked taking =
        new TakingAsked()
            .effectiveOn(today)
            .id("enrolment-118")
            .scheme("be-vlg/vov")
            .quantity(600L)
            .unit(TakingAsked.UnitEnum.MINUTE)
            .course(new Course().id("french-a2").provider("cvo-semper").startDate(today));
    Done first = commands.createReservation(account, "a-key-of-ours", PURPOSE, taking, null);
    Done again = commands.createReservation(account, "a-key-of-ours", PURPOSE, taking, null);
    Balances read = balances.getBalances(account, PURPOSE, null, null, first.getPosition(), null);

    Problem nobody;
    try {
      balances.getBalances(UUID.randomUUID(), PURPOSE, null, null, null, null);
      throw new AssertionError("nobody has a balance");
    } catch (ApiException refused) {
      nobody = JSON.readValue(refused.getResponseBody(), Problem.class);
    }
    BadRequest wrong;
    try {
      balances.getBalances(account, "Because I can", null, null, null, null);
      throw new AssertionError("that is no purpose");
    } catch (ApiException refused) {
      wrong = JSON.readValue(refused.getResponseBody(), BadRequest.class);
    }
    var issue = wrong.getIssues().get(0);
    System.out.println(
        JSON.writeValueAsString(
            Map.of(
                "before", before,
                "after", usable(read),
                "reserved", first.getReserved().getQuantity(),
                "same", first.equals(again),
                "nobody", List.of(nobody.getStatus(), nobody.getType()),
                "wrong", List.of(issue.getIn(), issue.getName()))));
  }

  private static long usable(Balances balances) {
    return balances.getItems().stream()
        .filter(lot -> lot.getScheme().equals("be-vlg/vov"))
        .mapToLong(lot -> lot.getAvailable())
        .sum();
  }
}
