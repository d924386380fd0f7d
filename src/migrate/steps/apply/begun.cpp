#include "migrate/steps/apply/begun.h"
#include "sys/digest.h"
#include <cstddef>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

constexpr std::size_t half = 32;

std::string first_half(const files::Script& script) { return files::checksum(script.sql).substr(0, half); }

const files::Script* script_of(const Step& step) {
    if (step.record->direction == "up") return &step.file->up;
    return step.file->down ? &*step.file->down : nullptr;
}

}

std::vector<std::string> begun_checksums(const files::Script& script, const std::vector<Piece>& pieces) {
    const auto first = first_half(script);
    std::string sum = sys::sha256("");
    std::vector<std::string> all = {first + sum.substr(0, half)};
    for (const Piece& piece : pieces) {
        sum += piece.text;
        if (piece.data) sum.append(1, '\0').append(*piece.data);
        sum = sys::sha256(sum);
        all.push_back(first + sum.substr(0, half));
    }
    return all;
}

std::string unsure_checksum(const files::Script& script) { return first_half(script) + std::string(half, '0'); }

Result<Since> since_begun(const Step& step, sql::Dialect dialect) {
    const auto& record = *step.record;
    const auto* script = script_of(step);
    if (script == nullptr || record.checksum == step.file->up.checksum) return Since::same; // as it was kept before
    if (record.checksum.starts_with(first_half(*script))) return Since::same;
    const auto pieces = TRY(pieces_of(*script, dialect));
    const auto sums = begun_checksums(*script, pieces);
    const auto ran = static_cast<std::size_t>(record.progress);
    if (record.state != records::State::failed || ran >= sums.size() || !script->marks.no_transaction)
        return Since::changed;
    return record.checksum.ends_with(sums[ran].substr(half)) ? Since::corrected : Since::changed;
}

Result<void> check_unchanged(const Step& step, sql::Dialect dialect) {
    if (!step.is_open()) return {};
    const auto since = TRY(since_begun(step, dialect));
    if (since != Since::changed) return {};
    return no(fmt::format("{} was begun, and its file has changed since: only statement {}, which was refused, and "
                          "later statements may be corrected; restore the rest, or decide: fairlead-migrate repair",
                          step.label(), step.record->progress + 1),
              {script_of(step)->path, 1, 0, ""});
}

}
