import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.ClientInfo;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionContext;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.CodeActionParams;
import org.eclipse.lsp4j.CodeActionTriggerKind;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.DidChangeConfigurationParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.DidSaveTextDocumentParams;
import org.eclipse.lsp4j.DocumentDiagnosticParams;
import org.eclipse.lsp4j.ExecuteCommandParams;
import org.eclipse.lsp4j.FileChangeType;
import org.eclipse.lsp4j.FileEvent;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializedParams;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextDocumentItem;
import org.eclipse.lsp4j.VersionedTextDocumentIdentifier;
import org.eclipse.lsp4j.WorkspaceFolder;
import org.eclipse.lsp4j.jsonrpc.MessageConsumer;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.jsonrpc.messages.RequestMessage;
import org.eclipse.lsp4j.launch.LSPLauncher;
import org.eclipse.lsp4j.services.LanguageServer;

/** An IDE as LSP4IJ makes it look to a server: what it asks, when, and what it does with the answers. */
final class Ide {
  private static final int FIXES = 20;

  private final Gson gson;
  private final Path root;
  private final Client client;
  private final Texts texts = new Texts();
  private final Map<String, List<Diagnostic>> found = new HashMap<>();
  private final List<String> ids = new ArrayList<>();
  private List<CodeAction> offered = List.of();
  private Process process;
  private LanguageServer server;
  private String identifier;

  Ide(Gson gson, Path root) {
    this.gson = gson;
    this.root = root;
    this.client = new Client(gson);
  }

  Client client() {
    return client;
  }

  private static <T> T answer(CompletableFuture<T> asked) throws Exception {
    return asked.get(60, TimeUnit.SECONDS);
  }

  String uri(String file) {
    return root.resolve(file).toUri().toString();
  }

  // --- life ---

  JsonElement start(List<String> command, Map<String, String> env, Path capabilities, File stderr)
      throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile()).redirectError(stderr);
    builder.environment().putAll(env);
    process = builder.start();
    var launcher =
        LSPLauncher.createClientLauncher(
            client, process.getInputStream(), process.getOutputStream(), daemons(), this::noting);
    launcher.startListening();
    server = launcher.getRemoteProxy();
    InitializeParams params = new InitializeParams();
    params.setProcessId((int) ProcessHandle.current().pid());
    params.setRootUri(root.toUri().toString());
    params.setClientInfo(new ClientInfo("WebStorm", "2026.2"));
    params.setCapabilities(gson.fromJson(Files.readString(capabilities), ClientCapabilities.class));
    params.setWorkspaceFolders(
        List.of(new WorkspaceFolder(root.toUri().toString(), root.getFileName().toString())));
    params.setInitializationOptions(new JsonObject());
    params.setTrace("off");
    var result = answer(server.initialize(params));
    server.initialized(new InitializedParams());
    server.getWorkspaceService().didChangeConfiguration(new DidChangeConfigurationParams(new JsonObject()));
    identifier = result.getCapabilities().getDiagnosticProvider().getIdentifier();
    return gson.toJsonTree(result);
  }

  /** Threads that keep nobody from leaving. */
  private static ExecutorService daemons() {
    return Executors.newCachedThreadPool(
        task -> {
          Thread thread = new Thread(task);
          thread.setDaemon(true);
          return thread;
        });
  }

  private MessageConsumer noting(MessageConsumer next) {
    return message -> {
      if (message instanceof RequestMessage request)
        synchronized (ids) {
          ids.add((request.getRawId().isLeft() ? "string " : "number ") + request.getMethod());
        }
      next.consume(message);
    };
  }

  List<String> ids() {
    synchronized (ids) {
      return List.copyOf(ids);
    }
  }

  int stop() throws Exception {
    server.shutdown().get(5, TimeUnit.SECONDS);
    server.exit();
    if (!process.waitFor(5, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("the server lives on after exit");
    }
    return process.exitValue();
  }

  // --- documents ---

  void open(String file, String language) throws Exception {
    String text = Files.readString(root.resolve(file));
    int version = texts.put(uri(file), text);
    server
        .getTextDocumentService()
        .didOpen(new DidOpenTextDocumentParams(new TextDocumentItem(uri(file), language, version, text)));
  }

  String text(String file) throws Exception {
    return texts.text(uri(file));
  }

  void type(String file, String part, String with) throws Exception {
    String text = text(file);
    int start = text.indexOf(part);
    if (start < 0) throw new IllegalArgumentException(part + " is not in " + file);
    replace(uri(file), start, start + part.length(), with);
  }

  /** An incremental change with the length of what goes, which the protocol has given up and LSP4IJ sends. */
  private void replace(String uri, int start, int end, String with) throws Exception {
    String text = texts.text(uri);
    var change = new TextDocumentContentChangeEvent(with);
    change.setRange(new Range(Texts.position(text, start), Texts.position(text, end)));
    change.setRangeLength(end - start);
    int version = texts.put(uri, text.substring(0, start) + with + text.substring(end));
    server
        .getTextDocumentService()
        .didChange(
            new DidChangeTextDocumentParams(
                new VersionedTextDocumentIdentifier(uri, version), List.of(change)));
  }

  void save(String file) throws Exception {
    Files.writeString(root.resolve(file), text(file));
    var params = new DidSaveTextDocumentParams(new TextDocumentIdentifier(uri(file)));
    server.getTextDocumentService().didSave(params);
    disk(Map.of(file, FileChangeType.Changed));
  }

  void close(String file) {
    var params = new DidCloseTextDocumentParams(new TextDocumentIdentifier(uri(file)));
    server.getTextDocumentService().didClose(params);
    texts.close(uri(file));
  }

  /** Tell of changes on disk, as far as the server wants to know; those that it was told of. */
  List<String> disk(Map<String, FileChangeType> changes) {
    List<FileEvent> events = new ArrayList<>();
    List<String> told = new ArrayList<>();
    changes.forEach(
        (file, type) -> {
          if (!client.watches(root.resolve(file), 1 << (type.getValue() - 1))) return;
          events.add(new FileEvent(uri(file), type));
          told.add(file);
        });
    if (!events.isEmpty())
      server.getWorkspaceService().didChangeWatchedFiles(new DidChangeWatchedFilesParams(events));
    return told;
  }

  // --- diagnostics and what can be done about them ---

  List<Diagnostic> pull(String file) throws Exception {
    var params = new DocumentDiagnosticParams(new TextDocumentIdentifier(uri(file)));
    params.setIdentifier(identifier);
    var report = answer(server.getTextDocumentService().diagnostic(params));
    if (!report.isLeft()) throw new IllegalStateException("LSP4IJ shows nothing of an unchanged report");
    found.put(uri(file), report.getLeft().getItems());
    return report.getLeft().getItems();
  }

  /** The fixes for the first finding of a rule: asked for together with all that it covers. */
  List<CodeAction> fixes(String file, String rule) throws Exception {
    var all = found.get(uri(file));
    var one = all.stream().filter(d -> rule.equals(d.getCode().getLeft())).findFirst().orElseThrow();
    Range widest = one.getRange();
    for (Diagnostic other : all) if (covers(other.getRange(), widest)) widest = other.getRange();
    List<Diagnostic> covered = new ArrayList<>();
    for (Diagnostic other : all) if (covers(widest, other.getRange())) covered.add(other);
    var context = new CodeActionContext(covered, List.of(CodeActionKind.QuickFix));
    context.setTriggerKind(CodeActionTriggerKind.Automatic);
    List<CodeAction> kept = new ArrayList<>();
    for (CodeAction action : asked(file, widest, context)) {
      String kind = action.getKind();
      if (kind == null || kind.isEmpty() || kind.startsWith(CodeActionKind.QuickFix)) kept.add(action);
    }
    offered = kept.subList(0, Math.min(FIXES, kept.size()));
    return offered;
  }

  /** What the light bulb offers at the caret: asked for without findings, and without quick fixes. */
  List<CodeAction> intentions(String file, String at) throws Exception {
    Position caret = caret(file, at);
    var context = new CodeActionContext(List.of());
    context.setTriggerKind(CodeActionTriggerKind.Automatic);
    offered =
        asked(file, new Range(caret, caret), context).stream()
            .filter(action -> !CodeActionKind.QuickFix.equals(action.getKind()))
            .toList();
    return offered;
  }

  private List<CodeAction> asked(String file, Range range, CodeActionContext context) throws Exception {
    var params = new CodeActionParams(new TextDocumentIdentifier(uri(file)), range, context);
    return answer(server.getTextDocumentService().codeAction(params)).stream().map(Either::getRight).toList();
  }

  private Position caret(String file, String at) throws Exception {
    String text = text(file);
    if (!text.contains(at)) throw new IllegalArgumentException(at + " is not in " + file);
    return Texts.position(text, text.indexOf(at));
  }

  private static boolean covers(Range outer, Range inner) {
    return !before(inner.getStart(), outer.getStart()) && !before(outer.getEnd(), inner.getEnd());
  }

  private static boolean before(Position a, Position b) {
    return a.getLine() != b.getLine() ? a.getLine() < b.getLine() : a.getCharacter() < b.getCharacter();
  }

  /** Take what was offered: it is resolved only if it brings neither edit nor command. The changed files. */
  TreeSet<String> take(String title) throws Exception {
    CodeAction action =
        offered.stream().filter(one -> one.getTitle().startsWith(title)).findFirst().orElseThrow();
    if (action.getEdit() == null && action.getCommand() == null)
      action = answer(server.getTextDocumentService().resolveCodeAction(action));
    TreeSet<String> changed = new TreeSet<>();
    if (action.getEdit() != null) {
      Texts.Applied applied = texts.applied(action.getEdit());
      Map<String, FileChangeType> disk = new LinkedHashMap<>();
      for (var one : applied.texts().entrySet()) {
        String name = root.relativize(Texts.path(one.getKey())).toString();
        changed.add(name);
        if (texts.isOpen(one.getKey())) {
          replace(one.getKey(), 0, texts.text(one.getKey()).length(), one.getValue());
          continue;
        }
        Files.createDirectories(Texts.path(one.getKey()).getParent());
        Files.writeString(Texts.path(one.getKey()), one.getValue());
        boolean isNew = applied.created().contains(one.getKey());
        disk.put(name, isNew ? FileChangeType.Created : FileChangeType.Changed);
      }
      disk(disk);
    }
    if (action.getCommand() != null) {
      var command = action.getCommand();
      var params = new ExecuteCommandParams(command.getCommand(), command.getArguments());
      answer(server.getWorkspaceService().executeCommand(params));
    }
    return changed;
  }

  JsonElement hover(String file, String at) throws Exception {
    var params = new HoverParams(new TextDocumentIdentifier(uri(file)), caret(file, at));
    return gson.toJsonTree(answer(server.getTextDocumentService().hover(params)));
  }
}
