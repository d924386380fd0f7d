#include "scan/gitleaks/look.h"
#include "base/archive.h"
#include "base/text.h"
#include "base/time.h"
#include "scan/archives.h"
#include "scan/gitleaks/report.h"
#include "scan/sieve.h"
#include "sys/files/beneath.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace fairlead::scan::gitleaks {
namespace {

using sys::FileType;
using sys::Path;

constexpr std::size_t piece_length = 100'000, most_more = 25'000;
constexpr std::size_t buffer_length = 4096; // of Go's bufio, through which gitleaks reads
constexpr std::size_t git_looks_at = 8000;  // bytes: a NUL there makes a file binary
constexpr std::uint64_t megabyte = 1'000'000;
constexpr std::uint64_t largest_file = 2ull << 30;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Whether the text ends with two newlines, with nothing but blanks between them and behind them.
bool ends_with_gap(std::string_view text) {
    int newlines = 0;
    for (std::size_t i = text.size(); i > 0 && is_blank(text[i - 1]) && newlines < 2; --i)
        newlines += text[i - 1] == '\n' ? 1 : 0;
    return newlines >= 2;
}

// Files for programs, in which no text is looked for: gitleaks leaves out what has a type application/… .
std::string_view program_file(std::string_view bytes) {
    using namespace std::string_view_literals;
    constexpr std::pair<std::string_view, std::string_view> kinds[] = {{"\x7f"
                                                                        "ELF",
                                                                        "program"},
                                                                       {"MZ", "program"},
                                                                       {"\0asm"sv, "program"},
                                                                       {"\xcf\xfa\xed\xfe", "program"},
                                                                       {"%PDF-", "PDF"},
                                                                       {"wOFF", "font"},
                                                                       {"wOF2", "font"},
                                                                       {"SQLite format 3\0"sv, "database"}};
    if (const auto archive = archive_kind(bytes); !archive.empty()) return "archive";
    for (const auto& [begin, kind] : kinds)
        if (bytes.starts_with(begin)) return kind;
    return {};
}

std::string date_of(const sys::Commit& commit) {
    const std::string utc = format_utc(SystemTime(Milliseconds(commit.author_time * 1000)));
    return utc.substr(0, utc.find('.')) + "Z";
}

std::string_view without_blanks_behind(std::string_view line) {
    constexpr std::string_view no_break = "\xc2\xa0"; // a blank for Go
    for (;;) {
        const std::size_t size = line.size();
        while (!line.empty() && blanks.find(line.back()) != blanks.npos) line.remove_suffix(1);
        if (line.ends_with(no_break)) line.remove_suffix(no_break.size());
        if (line.size() == size) return line;
    }
}

std::string with_spaces(std::string_view line) { // for tabs, to columns of 8, as git-log does
    std::string out;
    for (const char c : line) c == '\t' ? out.append(8 - out.size() % 8, ' ') : out.append(1, c);
    return out;
}

// As gitleaks reads it from git-log: the first paragraph as one line, and several empty lines as one.
std::string message_of(const std::string& message) {
    std::string title, body;
    bool in_title = true, gap = false;
    for (const std::string& raw : split(message, '\n')) {
        const std::string spaced = with_spaces(raw);
        const std::string_view line = without_blanks_behind(spaced);
        if (line.empty()) {
            in_title = in_title && title.empty();
            gap = !body.empty();
            continue;
        }
        std::string& text = in_title ? title : body;
        if (!text.empty()) text += in_title ? " " : gap ? "\n\n" : "\n";
        text += in_title ? trim(line) : line;
        gap = false;
    }
    return body.empty() ? title : title + "\n\n" + body;
}

// As it is stored: libgit2 leaves out some dots and quotes.
std::pair<std::string, std::string> author_of(const std::string& headers) {
    constexpr std::string_view name = "author ";
    for (const std::string& line : split(headers, '\n')) {
        if (!line.starts_with(name)) continue;
        const std::size_t open = line.find('<'), close = line.rfind('>');
        if (open == line.npos || close == line.npos || close < open) break;
        return {std::string(trim(std::string_view(line).substr(name.size(), open - name.size()))),
                line.substr(open + 1, close - open - 1)};
    }
    return {};
}

constexpr std::string_view no_date = "0001-01-01T00:00:00Z"; // of changes that no commit has

// Takes fragments, and keeps what counts.
class Taker {
  public:
    Taker(const Target& target, Detector& detector, Known& known)
        : target_(target), detector_(detector), known_(known) {}

    Result<void> take(const Fragment& fragment, const sys::Commit* commit) {
        if (sys::stop_requested()) return could_not("interrupted before everything was scanned");
        if (target_.left_out.contains(fragment.path)) return {};
        looked.bytes += fragment.text.size();
        for (Finding& finding : TRY(detector_.find(fragment))) {
            if (is_change()) finding.date = no_date;
            if (commit) {
                finding.author = commit->author_name;
                finding.email = commit->author_email;
                finding.date = date_of(*commit);
                finding.message = message_of(commit->message);
            }
            redact(finding, known_.redact);
            if (known_.ignored.covers(finding.commit, finding.file, finding.rule, finding.start_line)) continue;
            if (known_.baseline && known_.baseline->knows(finding, known_.redact)) continue;
            looked.findings.push_back(std::move(finding));
        }
        return {};
    }

    // A file on disk, or one that a commit brings.
    Result<void> take_file(const std::string& path, std::string_view text, const sys::Commit* commit = nullptr) {
        if (text.empty() || target_.left_out.contains(path)) return {};
        const auto kind = program_file(text);
        if (kind == "archive" && target_.archive_depth > 0) return take_archive(path, text, commit);
        if (!kind.empty()) return skip(path, std::string(kind));
        ++looked.files;
        const std::string id = commit ? commit->id : "";
        int line = 1;
        for (const std::string_view piece : pieces_of(text)) {
            TRY_VOID(take({.text = piece, .path = path, .commit = id, .first_line = line}, commit));
            line += static_cast<int>(std::count(piece.begin(), piece.end(), '\n'));
        }
        return {};
    }

    Result<void> skip(const std::string& path, const std::string& reason) {
        looked.skipped[reason].insert(path);
        return {};
    }

    // Whether a file of a commit is looked at.
    bool takes(const std::string& path, const std::string& commit) const {
        return target_.log.takes(path) && !target_.left_out.contains(path) &&
               !detector_.skips({.text = {}, .path = path, .commit = commit});
    }
    void pass(std::uint64_t bytes) { // of a file in which nothing can be found
        ++looked.files;
        looked.bytes += bytes;
    }

    const Target& target() const { return target_; }
    Detector& detector() { return detector_; }
    bool skips_path(const std::string& path) const { return detector_.skips_path(path); }
    Looked looked;

  private:
    bool is_change() const { return target_.what == Target::What::staged || target_.what == Target::What::unstaged; }

    Result<void> take_archive(const std::string& path, std::string_view bytes, const sys::Commit* commit) {
        const auto unpacked = unpack(bytes, path, target_.archive_depth, [&](const auto& inner, std::string content) {
            if (skips_path(inner.substr(inner.rfind('!') + 1))) return skip(inner, "allowlist");
            const bool nested = !archive_kind(content).empty();
            return nested ? skip(inner, "archive") : take_file(inner, content, commit);
        });
        const bool unreadable = !unpacked.ok() && unpacked.error().kind == Kind::no;
        return unreadable ? skip(path, "archive that can't be unpacked") : unpacked;
    }

    const Target& target_;
    Detector& detector_;
    Known& known_;
};

// What a user names may be anywhere. Paths are shown as they were given, or below that.
class Folder {
  public:
    explicit Folder(Taker& taker) : taker_(taker), root_(sys::Root::everything()) {}

    Result<void> take(const std::string& path) {
        const auto info = TRY(root_.inspect(at(path)));
        if (taker_.skips_path(path)) return taker_.skip(path, "allowlist");
        if (info.type == FileType::folder) return take_entries(path);
        if (info.type == FileType::link) return take_link(path);
        if (info.type == FileType::absent)
            return usage(fmt::format("{} does not exist; name a file or a folder", path));
        if (info.type != FileType::file) return taker_.skip(path, "special file");
        return take_content(path, info.size);
    }

  private:
    static Path at(const std::string& path) { return std::filesystem::absolute(path).lexically_normal(); }

    Result<void> take_entries(const std::string& path) {
        for (const auto& [name, type] : TRY(root_.list(at(path))))
            if (name != ".git") TRY_VOID(take((Path(path) / name).lexically_normal().string()));
        return {};
    }
    Result<void> take_link(const std::string& path) {
        const auto info = root_.look(at(path));
        if (!taker_.target().follow_links || !info.ok() || info->type != FileType::file)
            return taker_.skip(path, "symbolic link");
        return take_content(path, info->size);
    }
    Result<void> take_content(const std::string& path, std::uint64_t size) {
        const std::uint64_t most = taker_.target().most_megabytes;
        if (most > 0 && size > most * megabyte) return taker_.skip(path, "larger than --max-target-megabytes");
        const std::string text = TRY(root_.read(at(path), largest_file));
        return taker_.take_file(path, text);
    }

    Taker& taker_;
    sys::Root root_;
};

// The lines that one change adds at one place.
Result<void> take_added(const sys::AddedLines& added, const sys::Commit* commit, Taker& taker) {
    using What = sys::AddedLines::What;
    if (!taker.target().log.takes(added.path)) return {};
    if (added.what == What::too_large)
        return could_not(fmt::format("{} has more than {} MiB, which is the limit for a file; remove it from the "
                                     "history",
                                     added.path, sys::largest_content >> 20));
    const bool has_nul = added.first_line == 1 && added.text.substr(0, git_looks_at).find('\0') != std::string::npos;
    const bool binary = added.what == What::bytes || has_nul;
    if (binary && taker.target().archive_depth > 0 && !archive_kind(added.text).empty())
        return taker.take_file(added.path, added.text, commit);
    if (binary) return taker.skip(added.path, "binary");
    if (added.what == What::name) return {};
    ++taker.looked.files;
    const std::string text = added.text + "\n";
    return taker.take({.text = text, .path = added.path, .commit = added.commit, .first_line = added.first_line},
                      commit);
}

Result<void> take_commit(const sys::Repository& repository, std::size_t number, const std::string& id, Sieve& sieve,
                         Taker& taker) {
    ++taker.looked.commits;
    const auto pass = [&](const std::string& path, Sieve::Answer answer) -> Result<void> {
        if (!taker.takes(path, id)) return {};
        if (answer.verdict == Sieve::Verdict::binary) return taker.skip(path, "binary");
        taker.pass(answer.bytes);
        return {};
    };
    if (TRY(sieve.pass_over(number, pass))) return {};
    std::vector<sys::CommitFile> wanted;
    for (sys::CommitFile& file : TRY(sieve.files_of(id))) {
        if (!taker.takes(file.path, id)) continue;
        const auto answer = TRY(sieve.look(file));
        if (answer.verdict == Sieve::Verdict::binary) TRY_VOID(taker.skip(file.path, "binary"));
        if (answer.verdict == Sieve::Verdict::clean) taker.pass(answer.bytes);
        if (answer.verdict == Sieve::Verdict::wanted) wanted.push_back(std::move(file));
    }
    if (wanted.empty()) return {};
    sys::Commit commit = TRY(repository.commit(id));
    const auto parts = TRY(repository.text_of(id));
    std::tie(commit.author_name, commit.author_email) = author_of(parts.headers);
    return sieve.added_lines(id, wanted, [&](sys::AddedLines added) { return take_added(added, &commit, taker); });
}

Result<void> take_repository(Taker& taker) {
    const auto repository = TRY(sys::Repository::open(taker.target().path));
    const auto take = [&](sys::AddedLines added) { return take_added(added, nullptr, taker); };
    if (taker.target().what == Target::What::staged) return repository.staged_lines(take);
    if (taker.target().what == Target::What::unstaged) return repository.unstaged_lines(take);
    Sieve sieve(repository, taker.detector(), {.bytes = false, .archives = taker.target().archive_depth > 0});
    const auto commits = TRY(commits_of(repository, taker.target().log)); // the newest first
    const auto all = [](const std::string&) { return true; };
    TRY_VOID(sieve.survey({commits.rbegin(), commits.rend()},
                          {all, [&](const std::string& path) { return taker.takes(path, ""); }}));
    for (std::size_t i = 0; i < commits.size(); ++i)
        TRY_VOID(take_commit(repository, commits.size() - 1 - i, commits[i], sieve, taker));
    return {};
}

}

std::vector<std::string_view> pieces_of(std::string_view file) {
    std::vector<std::string_view> pieces;
    std::size_t begin = 0, buffered = 0; // up to where a buffer was filled for the bytes that were read on
    while (begin < file.size()) {
        std::size_t end = buffered > begin ? buffered : std::min(file.size(), begin + piece_length);
        const std::size_t most = std::min(file.size(), end + most_more);
        if (!ends_with_gap(file.substr(begin, end - begin))) {
            int newlines = file[end - 1] == '\n' ? 1 : 0;
            for (; end < most && newlines < 2; ++end) {
                if (end >= buffered) buffered = std::min(file.size(), end + buffer_length);
                if (file[end] == '\n')
                    ++newlines;
                else if (!is_blank(file[end]))
                    newlines = 0;
            }
        }
        pieces.push_back(file.substr(begin, end - begin));
        begin = end;
    }
    return pieces;
}

Result<Looked> look(const Target& target, Detector& detector, Known& known) {
    Taker taker(target, detector, known);
    if (target.what == Target::What::folder)
        TRY_VOID(Folder(taker).take(target.path));
    else if (target.what == Target::What::input)
        TRY_VOID(taker.take_file("", target.input));
    else
        TRY_VOID(take_repository(taker));
    auto& findings = taker.looked.findings;
    std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.file, a.start_line, a.start_column, a.rule) <
               std::tie(b.file, b.start_line, b.start_column, b.rule);
    });
    return std::move(taker.looked);
}

}
