#include "sys/git/changes.h"
#include "sys/encoding.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace fairlead::sys {

git_diff_options diff_options() {
    git_diff_options options;
    git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.context_lines = 0;
    options.interhunk_lines = 0;
    options.flags =
        GIT_DIFF_IGNORE_SUBMODULES | GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
    return options;
}

namespace {

using Each = Repository::EachAdded;

struct AddedRun { // of added lines in the new file
    int first;
    int count;
};
std::string_view bytes_of_blob(const GitBlob& blob) {
    if (!blob) return {};
    return {static_cast<const char*>(git_blob_rawcontent(blob.get())),
            static_cast<std::size_t>(git_blob_rawsize(blob.get()))};
}

// The content of a file as text: UTF-16 is not a binary file.
class Content {
  public:
    explicit Content(GitBlob blob) : blob_(std::move(blob)), decoded_(decoded_text(bytes_of_blob(blob_))) {}
    explicit Content(std::string_view edited) : edited_(edited), decoded_(decoded_text(edited)) {}
    std::string_view text() const {
        return decoded_ ? std::string_view(*decoded_) : blob_ ? bytes_of_blob(blob_) : edited_;
    }

  private:
    GitBlob blob_;
    std::string_view edited_;
    std::optional<std::string> decoded_;
};

int count_lines(std::string_view bytes) {
    const auto ends = std::count(bytes.begin(), bytes.end(), '\n');
    return static_cast<int>(ends) + (bytes.empty() || bytes.ends_with('\n') ? 0 : 1);
}

// Goes through the lines of a text, forward only. No place of a line is kept: a text may have as many as bytes.
class Lines {
  public:
    explicit Lines(std::string_view text) : text_(text) {}
    // The lines of a run, which begins behind the last one, as they stand in the text.
    std::string_view take(const AddedRun& run) {
        skip(run.first - line_);
        const std::size_t begin = at_;
        skip(run.count);
        begin_ = begin;
        return text_.substr(begin, at_ - begin);
    }
    // Of what was taken last.
    std::vector<std::string> before(std::size_t most) const {
        std::vector<std::string> lines;
        for (std::size_t end = begin_; end > 0 && lines.size() < most;) {
            const std::size_t newline = end < 2 ? text_.npos : text_.rfind('\n', end - 2);
            const std::size_t begin = newline == text_.npos ? 0 : newline + 1;
            lines.push_back(plain(text_.substr(begin, end - begin)));
            end = begin;
        }
        std::reverse(lines.begin(), lines.end());
        return lines;
    }
    std::vector<std::string> after(std::size_t most) const {
        std::vector<std::string> lines;
        for (std::size_t begin = at_; begin < text_.size() && lines.size() < most;) {
            const std::size_t end = std::min(text_.find('\n', begin), text_.size() - 1) + 1;
            lines.push_back(plain(text_.substr(begin, end - begin)));
            begin = end;
        }
        return lines;
    }
    // Without the end of the last line, and without carriage returns at the ends of lines.
    static std::string plain(std::string_view lines) {
        if (lines.ends_with('\n')) lines.remove_suffix(1);
        if (lines.ends_with('\r')) lines.remove_suffix(1);
        std::string text;
        text.reserve(lines.size());
        for (std::size_t begin = 0, end = 0; begin < lines.size(); begin = end + 1) {
            end = std::min(lines.find("\r\n", begin), lines.size());
            text += lines.substr(begin, end - begin);
        }
        return text;
    }

  private:
    void skip(int lines) {
        for (; lines > 0 && at_ < text_.size(); --lines, ++line_)
            at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
    }
    std::string_view text_;
    std::size_t begin_ = 0, at_ = 0;
    int line_ = 1; // at at_
};

int on_hunk(const git_diff_delta*, const git_diff_hunk* hunk, void* runs) {
    if (hunk->new_lines > 0) static_cast<std::vector<AddedRun>*>(runs)->push_back({hunk->new_start, hunk->new_lines});
    return 0;
}

// Comparing takes about a hundred bytes for each line. Of a file with more of them all count as added.
constexpr int most_lines = 1'000'000;

Result<std::vector<AddedRun>> added_runs(std::string_view before, std::string_view now, int lines,
                                         const std::string& path) {
    std::vector<AddedRun> runs;
    if (before.empty() || lines > most_lines || count_lines(before) > most_lines) {
        if (lines > 0) runs.push_back({1, lines});
        return runs;
    }
    const git_diff_options options = diff_options();
    if (git_diff_buffers(before.data(), before.size(), nullptr, now.data(), now.size(), nullptr, &options, nullptr,
                         nullptr, on_hunk, nullptr, &runs) != 0)
        return could_not(fmt::format("the changes of {} can't be computed: {}", path, git_reason()));
    return runs;
}

std::vector<AddedRun> in_both(const std::vector<AddedRun>& a, const std::vector<AddedRun>& b) {
    std::vector<AddedRun> result;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        const int first = std::max(a[i].first, b[j].first);
        const int end_of_a = a[i].first + a[i].count, end_of_b = b[j].first + b[j].count;
        const int end = std::min(end_of_a, end_of_b);
        if (first < end) result.push_back({first, end - first});
        end_of_a < end_of_b ? ++i : ++j;
    }
    return result;
}
// Lines of the new content that are in none of the old ones. `lines`: how many it has.
Result<std::vector<AddedRun>> runs_of(const GitState& state, const std::vector<const FileChange*>& one_path,
                                      std::string_view now, int lines) {
    std::vector<AddedRun> runs = {{1, std::numeric_limits<int>::max() - 1}};
    for (const FileChange* change : one_path) {
        if (change->same_content()) return std::vector<AddedRun>();
        GitBlob before; // without one that is too large all lines are new
        if (change->before && state.size_of(*change->before) <= largest_content)
            before = TRY(state.blob(*change->before));
        const Content old(std::move(before));
        const std::vector<AddedRun> added = TRY(added_runs(old.text(), now, lines, change->path));
        runs = in_both(runs, added);
    }
    return runs;
}

constexpr std::size_t around = 64; // lines: a private key of 8192 bits has about a hundred

Result<void> report_lines(const GitState& state, const std::vector<const FileChange*>& one_path, std::string_view now,
                          const AddedLines& place, const Each& each) {
    const int all = count_lines(now);
    const std::vector<AddedRun> runs = TRY(runs_of(state, one_path, now, all));
    Lines lines(now);
    for (const AddedRun& run : runs) {
        AddedLines added = place;
        added.lines_of_file = all;
        added.first_line = run.first;
        added.text = Lines::plain(lines.take(run));
        added.before = lines.before(around);
        added.after = lines.after(around);
        TRY_VOID(each(std::move(added)));
    }
    return {};
}

Result<Content> content_of(const GitState& state, const FileChange& change) {
    if (change.edited) return Content(std::string_view(*change.edited));
    auto blob = TRY(state.blob(change.now));
    return Content(std::move(blob));
}

}

Result<void> report_added(const GitState& state, const std::vector<FileChanges>& changes, std::string_view commit,
                          const Each& each) {
    using What = AddedLines::What;
    for (const auto& [path, first_change] : changes.front()) {
        if (stop_requested()) return could_not("interrupted while reading the changes");
        std::vector<const FileChange*> one_path;
        for (const FileChanges& one : changes)
            if (const auto found = one.find(path); found != one.end()) one_path.push_back(&found->second);
        if (one_path.size() < changes.size()) continue; // as in one of the parents
        const bool new_name =
            std::all_of(one_path.begin(), one_path.end(), [](const FileChange* change) { return change->new_name; });
        const bool same = std::any_of(one_path.begin(), one_path.end(),
                                      [](const FileChange* change) { return change->same_content(); });
        if (same && new_name) TRY_VOID(each({path, std::string(commit), What::name}));
        if (same) continue;
        if (state.size_of(first_change.now) > largest_content) {
            TRY_VOID(each({path, std::string(commit), What::too_large}));
            continue;
        }
        const Content content = TRY(content_of(state, first_change));
        if (looks_binary(content.text())) {
            TRY_VOID(each({path, std::string(commit), What::bytes, 1, std::string(content.text())}));
            continue;
        }
        if (new_name) TRY_VOID(each({path, std::string(commit), What::name})); // it may have no lines
        TRY_VOID(report_lines(state, one_path, content.text(), {path, std::string(commit)}, each));
    }
    return {};
}

}
