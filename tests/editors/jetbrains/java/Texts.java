import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.eclipse.lsp4j.CreateFile;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;

/** The IDE's documents. A column is a Java char, which is the UTF-16 unit of the protocol. */
final class Texts {
  private final Map<String, String> open = new HashMap<>();
  private final Map<String, Integer> versions = new HashMap<>();

  static Path path(String uri) {
    return Path.of(URI.create(uri));
  }

  boolean isOpen(String uri) {
    return open.containsKey(uri);
  }

  /** What an editor shows: the open document, else the file. */
  String text(String uri) throws Exception {
    return isOpen(uri) ? open.get(uri) : Files.readString(path(uri));
  }

  int put(String uri, String text) {
    open.put(uri, text);
    return versions.merge(uri, 0, (before, none) -> before + 1);
  }

  void close(String uri) {
    open.remove(uri);
  }

  static int offset(String text, Position at) {
    int start = 0;
    for (int line = 0; line < at.getLine(); line++) {
      start = text.indexOf('\n', start) + 1;
      if (start == 0) throw new IllegalArgumentException(at + " lies behind the text");
    }
    int end = text.indexOf('\n', start);
    if (start + at.getCharacter() > (end < 0 ? text.length() : end))
      throw new IllegalArgumentException(at + " lies outside of its line");
    return start + at.getCharacter();
  }

  static Position position(String text, int offset) {
    String before = text.substring(0, offset);
    int line = (int) before.chars().filter(c -> c == '\n').count();
    return new Position(line, offset - before.lastIndexOf('\n') - 1);
  }

  static String under(String text, Range range) {
    return text.substring(offset(text, range.getStart()), offset(text, range.getEnd()));
  }

  /** Edits have places of the text before any of them: the last one is made first. */
  static String edited(String text, List<TextEdit> edits) {
    List<TextEdit> sorted = new ArrayList<>(edits);
    sorted.sort(Comparator.comparing((TextEdit e) -> offset(text, e.getRange().getStart())).reversed());
    StringBuilder result = new StringBuilder(text);
    for (TextEdit edit : sorted) {
      int start = offset(text, edit.getRange().getStart());
      result.replace(start, offset(text, edit.getRange().getEnd()), edit.getNewText());
    }
    return result.toString();
  }

  /** What a file is after an edit of the workspace; `created` are the files that it makes. */
  record Applied(Map<String, String> texts, TreeSet<String> created) {}

  /** Steps are made in their order, as the IDE does: a file is created before it is written. */
  Applied applied(WorkspaceEdit edit) throws Exception {
    Applied done = new Applied(new HashMap<>(), new TreeSet<>());
    if (edit.getDocumentChanges() == null) {
      for (var change : edit.getChanges().entrySet()) change(done, change.getKey(), change.getValue());
      return done;
    }
    for (var change : edit.getDocumentChanges()) {
      if (change.isLeft()) {
        var edits = change.getLeft().getEdits().stream().map(either -> either.getLeft()).toList();
        Integer version = change.getLeft().getTextDocument().getVersion();
        String uri = change.getLeft().getTextDocument().getUri();
        if (version != null && isOpen(uri) && !version.equals(versions.get(uri)))
          throw new IllegalStateException(uri + " is at version " + versions.get(uri) + ", not " + version);
        change(done, uri, edits);
      } else if (change.getRight() instanceof CreateFile create) {
        if (Files.exists(path(create.getUri()))) throw new IllegalStateException(create.getUri() + " exists");
        done.created().add(create.getUri());
        done.texts().put(create.getUri(), "");
      } else {
        throw new IllegalStateException("not announced: " + change.getRight());
      }
    }
    return done;
  }

  private void change(Applied done, String uri, List<TextEdit> edits) throws Exception {
    String before = done.texts().containsKey(uri) ? done.texts().get(uri) : text(uri);
    done.texts().put(uri, edited(before, edits));
  }
}
