import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.FileChangeType;
import org.eclipse.lsp4j.jsonrpc.json.MessageJsonHandler;

/** Does what it reads, one JSON object a line, and answers each with one line: {"ok": …} or {"error": …}. */
public final class Main {
  private static final Gson ANSWERS = new GsonBuilder().serializeNulls().create();
  private static final Gson GSON = new MessageJsonHandler(Map.of()).getDefaultGsonBuilder().create();

  public static void main(String[] args) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Ide ide = new Ide(GSON, Path.of(args[0]));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Map<String, Object> answer = new LinkedHashMap<>();
      try {
        answer.put("ok", done(ide, JsonParser.parseString(line).getAsJsonObject()));
      } catch (Exception error) {
        answer.put("error", error.toString());
      }
      out.println(ANSWERS.toJson(answer));
    }
    System.exit(0);
  }

  private static Object done(Ide ide, JsonObject what) throws Exception {
    String file = text(what, "file");
    String at = text(what, "at");
    switch (text(what, "do")) {
      case "start":
        List<String> command = new ArrayList<>();
        what.getAsJsonArray("command").forEach(part -> command.add(part.getAsString()));
        Map<String, String> env = new HashMap<>();
        what.getAsJsonObject("env").entrySet().forEach(e -> env.put(e.getKey(), e.getValue().getAsString()));
        return ide.start(
            command, env, Path.of(text(what, "capabilities")), new File(text(what, "stderr")));
      case "open":
        ide.open(file, text(what, "language"));
        return null;
      case "type":
        ide.type(file, at, text(what, "with_"));
        return null;
      case "text":
        return ide.text(file);
      case "save":
        ide.save(file);
        return null;
      case "close":
        ide.close(file);
        return null;
      case "disk":
        return ide.disk(Map.of(file, FileChangeType.valueOf(text(what, "type"))));
      case "pull":
        return described(ide.pull(file), ide.text(file));
      case "refreshed":
        return ide.client().refreshed(20_000);
      case "fixes":
        return offered(ide.fixes(file, text(what, "rule")));
      case "intentions":
        return offered(ide.intentions(file, at));
      case "take":
        return ide.take(text(what, "title"));
      case "hover":
        return ide.hover(file, at);
      case "told":
        return told(ide);
      case "stop":
        return ide.stop();
      default:
        throw new IllegalArgumentException("unknown: " + what);
    }
  }

  private static String text(JsonObject what, String key) {
    JsonElement value = what.get(key);
    return value == null ? null : value.getAsString();
  }

  private static List<Object> described(List<Diagnostic> found, String text) {
    List<Object> result = new ArrayList<>();
    for (Diagnostic one : found) {
      Map<String, Object> said = new LinkedHashMap<>();
      said.put("rule", one.getCode().getLeft());
      said.put("source", one.getSource());
      said.put("severity", one.getSeverity().name());
      said.put("message", one.getMessage().getLeft());
      said.put("under", Texts.under(text, one.getRange()));
      said.put("page", one.getCodeDescription() == null ? null : one.getCodeDescription().getHref());
      result.add(said);
    }
    return result;
  }

  private static List<Object> offered(List<CodeAction> actions) {
    List<Object> result = new ArrayList<>();
    for (CodeAction one : actions) {
      Map<String, Object> said = new LinkedHashMap<>();
      said.put("title", one.getTitle());
      said.put("kind", one.getKind());
      said.put("edit", one.getEdit() != null);
      said.put("command", one.getCommand() == null ? null : one.getCommand().getCommand());
      result.add(said);
    }
    return result;
  }

  private static Map<String, Object> told(Ide ide) {
    Client client = ide.client();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("messages", List.copyOf(client.messages));
    result.put("shown", List.copyOf(client.shown));
    result.put("pushed", List.copyOf(client.pushed));
    result.put("registered", client.registered.stream().map(one -> one.getMethod()).toList());
    result.put("ids", ide.ids());
    return result;
  }
}
