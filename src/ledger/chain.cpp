#include "ledger/chain.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace fairlead::ledger {

using sys::Json, sys::text_of;

namespace {

constexpr std::string_view prev_key = ",\"prev_sha256\":\"";

// What stands from there to the next quotation mark, where that needs no unescaping.
std::optional<std::string_view> plain_text(std::string_view line, std::size_t from) {
    const auto end = line.find('"', from);
    const auto text = line.substr(from, end - from);
    if (end == line.npos || text.find('\\') != text.npos) return std::nullopt;
    return text;
}

// Of a line as Ledger::append writes it, without reading all of it: a key stands behind a comma, and a quotation mark
// behind a comma begins no text's end.
std::optional<Link> glance(std::string_view line, const Domain& domain) {
    const auto begin = fmt::format(R"({{"schema":1,"{}":")", domain.act);
    const auto prev = line.find(prev_key);
    if (!line.starts_with(begin) || prev == line.npos) return std::nullopt;
    const auto id = plain_text(line, begin.size()), before = plain_text(line, prev + prev_key.size());
    if (!id || !before) return std::nullopt;
    return Link{std::string(*id), std::string(*before), std::string(line)};
}

std::optional<Link> read(std::string_view line, const std::string& file, const Domain& domain) {
    const auto object = sys::parse_json(line, file);
    if (!object.ok() || !object->is_object() || object->value("schema", Json()) != Json(1)) return std::nullopt;
    return Link{text_of(object.value(), domain.act), text_of(object.value(), "prev_sha256"), std::string(line)};
}

}

namespace {

// What the record signs off isn't broken any more. True: the break between it and the line before, too.
bool sign_off(std::string_view line, const std::string& before, const std::string& file, Chain& chain) {
    if (line.find(fmt::format(R"("{}":[)", signed_off_key)) == line.npos) return false;
    const auto object = sys::parse_json(line, file);
    if (!object.ok() || !object->is_object() || !object->contains(signed_off_key)) return false;
    for (const auto& one : object.value()[signed_off_key]) {
        const auto found =
            std::find(chain.unfollowed.begin(), chain.unfollowed.end(), one.is_string() ? one.get<std::string>() : "");
        if (found == chain.unfollowed.end()) continue;
        chain.broken.erase(chain.broken.begin() + (found - chain.unfollowed.begin()));
        chain.unfollowed.erase(found);
        ++chain.signed_off;
    }
    return std::find(object.value()[signed_off_key].begin(), object.value()[signed_off_key].end(), before) !=
           object.value()[signed_off_key].end();
}

}

// A line that we wrote is what it says where the next one holds its SHA-256; all others are read as JSON.
Result<Chain> parse_chain(std::string_view text, const std::string& file, const Domain& domain, Chain chain) {
    int number = 0;
    bool proven = true; // the line before
    const auto foreign = [&](int line) {
        return could_not(fmt::format("this is not a record of a {}", domain.act), {.file = file, .line = line});
    };
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
        ++number;
        const auto line = text.substr(0, end);
        auto link = glance(line, domain);
        const bool glanced = link.has_value();
        if (!link) link = read(line, file, domain);
        const bool follows = link && link->prev_sha256 == chain.last_sha256;
        if (!follows && !proven && !read(chain.links.back().line, file, domain)) return foreign(number - 1);
        if (!link) return foreign(number);
        const bool first_of_all = chain.links.empty() && chain.from_middle;
        const auto before = std::exchange(chain.last_sha256, sys::sha256(line));
        chain.links.push_back(std::move(*link));
        const bool signs = sign_off(line, before, file, chain);
        if (!first_of_all && !follows && signs) ++chain.signed_off;
        if (!first_of_all && !follows && !signs) {
            chain.broken.push_back(
                fmt::format("line {} does not match the line before it: one of the two lines was changed", number));
            chain.unfollowed.push_back(before + " " + chain.last_sha256);
        }
        proven = !glanced;
    }
    if (!proven && !read(chain.links.back().line, file, domain)) return foreign(number);
    chain.torn = text.size();
    return chain;
}

bool holds_to(const Chain& chain, const Anchor& anchor) {
    if (anchor.sha256.empty() || chain.last_sha256 == anchor.sha256) return true;
    return !chain.links.empty() && chain.links.back().prev_sha256 == anchor.sha256; // it died before naming it
}

std::vector<std::string> broken_end(const Chain& chain, const Anchor& anchor, std::string_view unfinished,
                                    const Domain& domain) {
    std::vector<std::string> found;
    const auto& links = chain.links;
    if (chain.torn > 0 && unfinished.empty())
        found.push_back(fmt::format("{} bytes at its end are not a record", chain.torn));
    if (anchor.id.empty()) return found;
    const auto named = [&](const Link& link) { return link.id == anchor.id; };
    if (links.empty()) {
        found.push_back(
            fmt::format("there is no record, but state.json names {} {}: the history was emptied or removed",
                        domain.act, anchor.id));
    } else if (anchor.sha256.empty()) {
        if (!chain.from_middle && std::none_of(links.begin(), links.end(), named))
            found.push_back(
                fmt::format("the record of {} {}, which state.json names, is gone: it was cut off or changed",
                            domain.act, anchor.id));
    } else if (chain.last_sha256 != anchor.sha256) {
        const auto& last = links.back();
        if (!unfinished.empty() && last.id == unfinished && last.prev_sha256 == anchor.sha256) return found;
        found.push_back(
            named(last)
                ? fmt::format("the last record, of {} {}, was changed since it was written", domain.act, anchor.id)
                : fmt::format(
                      "the last record is of {} {}, but state.json names {}: records were cut off, added or changed",
                      domain.act, last.id, anchor.id));
    }
    return found;
}

std::string make_ulid(std::int64_t milliseconds, std::string_view random_hex20) {
    static constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::string id(26, '0');
    auto time = static_cast<std::uint64_t>(milliseconds);
    for (std::size_t i = 10; i-- > 0; time /= 32) id[i] = digits[time % 32];
    // 80 random bits: 20 hex digits give 16 digits of 5 bits, in two halves of 40 bits.
    for (std::size_t half = 0; half < 2; ++half) {
        auto bits = std::stoull(std::string(random_hex20.substr(half * 10, 10)), nullptr, 16);
        for (std::size_t i = 8; i-- > 0; bits /= 32) id[10 + half * 8 + i] = digits[bits % 32];
    }
    return id;
}

}
