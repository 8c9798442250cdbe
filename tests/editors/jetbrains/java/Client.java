import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import org.eclipse.lsp4j.ApplyWorkspaceEditParams;
import org.eclipse.lsp4j.ApplyWorkspaceEditResponse;
import org.eclipse.lsp4j.ConfigurationParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesRegistrationOptions;
import org.eclipse.lsp4j.FileSystemWatcher;
import org.eclipse.lsp4j.MessageActionItem;
import org.eclipse.lsp4j.MessageParams;
import org.eclipse.lsp4j.ProgressParams;
import org.eclipse.lsp4j.PublishDiagnosticsParams;
import org.eclipse.lsp4j.Registration;
import org.eclipse.lsp4j.RegistrationParams;
import org.eclipse.lsp4j.ShowDocumentParams;
import org.eclipse.lsp4j.ShowDocumentResult;
import org.eclipse.lsp4j.ShowMessageRequestParams;
import org.eclipse.lsp4j.UnregistrationParams;
import org.eclipse.lsp4j.WatchKind;
import org.eclipse.lsp4j.WorkDoneProgressCreateParams;
import org.eclipse.lsp4j.services.LanguageClient;

/** What the server asks of the IDE and tells it; all of it is kept for the tests. */
final class Client implements LanguageClient {
  final List<String> messages = new CopyOnWriteArrayList<>();
  final List<String> shown = new CopyOnWriteArrayList<>();
  final List<String> pushed = new CopyOnWriteArrayList<>();
  final List<Registration> registered = new CopyOnWriteArrayList<>();
  private final Semaphore refreshes = new Semaphore(0);
  private final Gson gson;

  Client(Gson gson) {
    this.gson = gson;
  }

  /** Wait until the server wants diagnostics to be pulled again; however often it said so. */
  boolean refreshed(long millis) throws InterruptedException {
    boolean came = refreshes.tryAcquire(millis, TimeUnit.MILLISECONDS);
    refreshes.drainPermits();
    return came;
  }

  /** Does the server want to be told of a file? Kinds: 1 created, 2 changed, 4 deleted. */
  boolean watches(Path file, int kind) {
    for (Registration one : registered) {
      if (!one.getMethod().equals("workspace/didChangeWatchedFiles")) continue;
      var options =
          gson.fromJson(
              gson.toJsonTree(one.getRegisterOptions()), DidChangeWatchedFilesRegistrationOptions.class);
      for (FileSystemWatcher watcher : options.getWatchers()) {
        int kinds =
            watcher.getKind() == null
                ? WatchKind.Create | WatchKind.Change | WatchKind.Delete
                : watcher.getKind();
        String glob = watcher.getGlobPattern().getLeft();
        if ((kinds & kind) != 0 && FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(file))
          return true;
      }
    }
    return false;
  }

  @Override
  public void publishDiagnostics(PublishDiagnosticsParams params) {
    pushed.add(params.getUri());
  }

  @Override
  public CompletableFuture<Void> refreshDiagnostics() {
    refreshes.release();
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> registerCapability(RegistrationParams params) {
    registered.addAll(params.getRegistrations());
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> unregisterCapability(UnregistrationParams params) {
    params.getUnregisterations().forEach(one -> registered.removeIf(r -> r.getId().equals(one.getId())));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<List<Object>> configuration(ConfigurationParams params) {
    List<Object> settings = new ArrayList<>();
    params.getItems().forEach(item -> settings.add(item.getSection() == null ? new JsonObject() : null));
    return CompletableFuture.completedFuture(settings);
  }

  @Override
  public CompletableFuture<ApplyWorkspaceEditResponse> applyEdit(ApplyWorkspaceEditParams params) {
    return CompletableFuture.completedFuture(new ApplyWorkspaceEditResponse(false));
  }

  @Override
  public CompletableFuture<ShowDocumentResult> showDocument(ShowDocumentParams params) {
    shown.add(params.getUri());
    return CompletableFuture.completedFuture(new ShowDocumentResult(true));
  }

  @Override
  public void showMessage(MessageParams params) {
    messages.add(params.getMessage());
  }

  @Override
  public CompletableFuture<MessageActionItem> showMessageRequest(ShowMessageRequestParams params) {
    messages.add(params.getMessage());
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> createProgress(WorkDoneProgressCreateParams params) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> refreshCodeLenses() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> refreshInlayHints() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> refreshSemanticTokens() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void notifyProgress(ProgressParams params) {}

  @Override
  public void logMessage(MessageParams params) {}

  @Override
  public void telemetryEvent(Object event) {}
}
