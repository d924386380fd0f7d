#include "base/text.h"
#include "read/unified_diff.h"
#include "scan/sources.h"
#include "sys/encoding.h"
#include <algorithm>

namespace fairlead::scan {
namespace {

constexpr std::string_view input_name = "stdin"; // the file of findings outside of diffs

// The comments in and around the lines, at their numbers in the file.
std::vector<Suppression> comments_around(const Fragment& part) {
    auto comments = find_suppressions(part.before + part.text + part.after, Slips::told);
    const auto before = static_cast<int>(std::count(part.before.begin(), part.before.end(), '\n'));
    for (Suppression& one : comments) one.line += part.first_line - 1 - before;
    return comments;
}

Fragment fragment_of(read::DiffPiece piece) {
    return {.path = piece.path.empty() ? std::string(input_name) : std::move(piece.path),
            .commit = {},
            .text = std::move(piece.text),
            .first_line = piece.first_line,
            .before = std::move(piece.before),
            .after = std::move(piece.after)};
}

// What a diff says of a binary file: its bytes, packed as letters (git-diff(1), --binary), or only that it differs.
std::string_view binary_change(std::string_view line) {
    if (line == "GIT binary patch") return "not scanned: a binary patch; apply it, then run: fairlead-scan staged";
    const bool differs = line.starts_with("Binary files ") && line.ends_with(" differ");
    if (!differs || line.ends_with(" and /dev/null differ")) return {};
    return "not scanned: a binary file that the diff only names; run fairlead-scan staged or range";
}

void tell_binary_changes(const Fragment& part, Collector& collector) {
    int line = part.first_line;
    for (const std::string& text : split(part.text, '\n')) {
        if (const auto message = binary_change(trim(text)); !message.empty())
            collector.note({.rule = "scan/unread",
                            .severity = report::Severity::warning,
                            .file = part.path,
                            .line = line,
                            .message = std::string(message)});
        ++line;
    }
}

}

Result<void> scan_input(std::string text, const std::optional<sys::Repository>& repository, const Word& word,
                        Collector& collector) {
    const auto of_base = comments_for(repository, word, Staged::no);
    const auto comments = [&](const Fragment& part) {
        return word.of_base ? of_base(part) : Result<std::vector<Suppression>>(comments_around(part));
    };
    Fragment whole{.path = std::string(input_name), .commit = {}, .text = std::move(text)};
    const bool is_archive = TRY(collector.add_archive(whole));
    if (!is_archive)
        if (auto decoded = sys::decoded_text(whole.text)) whole.text = std::move(*decoded);
    if (is_archive || sys::looks_binary(whole.text)) {
        if (!is_archive) whole.kind = Piece::binary;
        return collector.add(whole, comments);
    }
    if (word.of_base) return collector.add(whole, comments);
    for (read::DiffPiece& piece : read::pieces_of_diff(whole.text)) {
        const bool is_text = piece.path.empty();
        const Fragment part = fragment_of(std::move(piece));
        if (is_text) tell_binary_changes(part, collector);
        if (!collector.skips(part.path)) TRY_VOID(collector.add(part, comments));
    }
    return {};
}

}
