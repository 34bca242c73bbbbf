// Each line is a name and a URL in base64, with a user and a password apart where the URL has none; answers with the
// name, the session's user and its database.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.Base64;

public class PgJdbc {
  static String decoded(String text) {
    return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
  }

  static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  static Connection open(String[] fields) throws Exception {
    if (fields.length < 4) return DriverManager.getConnection(decoded(fields[1]));
    return DriverManager.getConnection(decoded(fields[1]), decoded(fields[2]), decoded(fields[3]));
  }

  public static void main(String[] arguments) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] fields = line.split("\t");
      try (Connection session = open(fields);
          ResultSet row = session.createStatement().executeQuery("SELECT session_user, current_database()")) {
        row.next();
        System.out.println(fields[0] + "\t" + encoded(row.getString(1)) + "\t" + encoded(row.getString(2)));
      } catch (Exception failed) {
        System.out.println(fields[0] + "\t!\t" + encoded(failed + " " + failed.getCause()));
      }
    }
  }
}
