#include "preflight/checklists/signoffs.h"
#include "attest/envelope.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "base/url.h"
#include "preflight/checklists/read.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace fairlead::preflight {

namespace {

constexpr std::string_view sealed_type = "application/vnd.fairlead.signoff+json";
constexpr std::size_t most_signoffs = 10'000, longest_signoffs = 1u << 20; // as YAML is read here

using Member = std::pair<std::string_view, std::string Signoff::*>;
// In the order of the file; `item` comes before them.
constexpr Member members[] = {
    {"verdict", &Signoff::verdict},
    {"by", &Signoff::by},
    {"on", &Signoff::on},
    {"expires", &Signoff::expires},
    {"evidence", &Signoff::evidence},
    {"note", &Signoff::note},
    {"text_sha", &Signoff::text_sha},
    {"commit", &Signoff::commit},
    {"sealed", &Signoff::sealed},
};

// No line end of YAML's stays as it is.
std::string in_quotes(std::string_view text) { return "\"" + printable(json_escape(text)) + "\""; }

std::string line_of(const Signoff& signoff) {
    std::string line = "- {item: " + signoff.item;
    for (const auto& [name, member] : members)
        if (!(signoff.*member).empty()) line += fmt::format(", {}: {}", name, in_quotes(signoff.*member));
    return line + "}\n";
}

// What may be a token by itself, of an address or a sentence.
std::vector<std::string_view> evidence_words(std::string_view text) {
    constexpr std::string_view between = " \t\r\n/?&=#:;,@\"'\\()<>[]{}";
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(between), text.size());
        if (end > 0) words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

// Evidence is often an address, and people paste them with what lets in: none of that is told.
void register_secrets(std::string_view text) {
    register_urls_in(text);
    for (const auto word : evidence_words(text))
        if (is_token(word)) static_cast<void>(Secret(std::string(word)));
}

// Error: git left its marks there. The place is the first one's.
Result<void> refuse_conflict(std::string_view text, const std::string& file) {
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        if (line.starts_with("<<<<<<< "))
            return usage("this file has conflict markers of git; keep the sign-offs of both sides, remove the lines "
                         "<<<<<<<, ======= and >>>>>>> and commit",
                         {file, number, 1, {}});
    }
    return {};
}

std::string payload_of(const std::string& checklist, const Signoff& signoff) {
    sys::Json json = {{"schema", 1}, {"checklist", checklist}, {"item", signoff.item}};
    for (const auto& [name, member] : members)
        if (name != "sealed") json[std::string(name)] = signoff.*member;
    return json.dump();
}

Result<Signoff> signoff_of(const sys::YamlNode& node, std::string_view text, const std::string& file) {
    const MapReader map(node, text, file);
    TRY_VOID(map.allow({"item", "verdict", "by", "on", "expires", "evidence", "note", "text_sha", "commit", "sealed"}));
    Signoff signoff;
    signoff.place = map.place(node);
    signoff.item = TRY(map.needed("item"));
    for (const auto& [name, member] : members) signoff.*member = TRY(map.text(name));
    const auto wrong = [&](std::string_view key, std::string_view fact) {
        return map.error(key, fmt::format("{} of {} {}; sign it again with fairlead-preflight sign", key,
                                          one_line(signoff.item), fact));
    };
    if (!is_item_id(signoff.item)) return wrong("item", "is not a valid id");
    if (signoff.verdict != "yes" && signoff.verdict != "no" && signoff.verdict != "na")
        return wrong("verdict", "must be yes, no or na");
    if (signoff.by.empty()) return wrong("by", "is missing");
    if (!is_day(signoff.on)) return wrong("on", "is not a day such as 2026-01-31");
    if (!signoff.expires.empty() && !is_day(signoff.expires))
        return wrong("expires", "is not a day such as 2026-01-31");
    if (signoff.text_sha.empty()) return wrong("text_sha", "is missing");
    const bool is_id = signoff.commit.size() == 40 &&
                       signoff.commit.find_first_not_of("0123456789abcdef") == std::string::npos &&
                       signoff.commit.find_first_not_of('0') != std::string::npos;
    if (!signoff.commit.empty() && !is_id) return wrong("commit", "is not the id of a commit");
    return signoff;
}

}

std::string signoffs_path(const std::string& checklist) { return fmt::format("{}/{}.yml", signoffs_folder, checklist); }

Result<std::map<std::string, Signoff>> read_signoffs(std::string_view text, const std::string& file) {
    std::map<std::string, Signoff> all;
    register_secrets(text);
    if (text.size() > longest_signoffs)
        return usage(fmt::format("is larger than {} KiB, which no list of sign-offs needs; run: git log -- {} to see "
                                 "how it grew, and revert that change",
                                 longest_signoffs / 1024, file),
                     {file, 0, 0, {}});
    TRY_VOID(refuse_conflict(text, file));
    const auto root = TRY(sys::parse_yaml(text, file));
    if (root.kind == sys::YamlNode::Kind::null) return all;
    const MapReader map(root, text, file);
    TRY_VOID(map.allow({"signoffs"}));
    const auto* list = map.find("signoffs");
    if (!list || list->kind == sys::YamlNode::Kind::null) return all;
    if (list->kind != sys::YamlNode::Kind::list || list->items.size() > most_signoffs)
        return map.error("signoffs", fmt::format("signoffs must be a list of at most {} maps", most_signoffs));
    for (const auto& node : list->items) {
        auto signoff = TRY(signoff_of(node, text, file));
        const auto [found, fresh] = all.try_emplace(signoff.item, signoff);
        if (!fresh && signoff.on >= found->second.on) found->second = std::move(signoff);
    }
    return all;
}

std::string write_signoffs(const Checklist& list, const std::map<std::string, Signoff>& all) {
    std::string text =
        fmt::format("# Sign-offs of the checklist {}, by `fairlead-preflight sign ITEM`.\nsignoffs:\n", list.name);
    std::vector<const Item*> items;
    for (const Item& item : list.items) items.push_back(&item);
    std::sort(items.begin(), items.end(), [](const Item* one, const Item* other) { return one->id < other->id; });
    for (const Item* item : items) {
        text += fmt::format("# {}: {}\n", item->id, one_line(item->text));
        if (const auto found = all.find(item->id); found != all.end()) text += line_of(found->second);
    }
    for (const auto& [id, signoff] : all)
        if (!list.find(id)) text += line_of(signoff);
    return text;
}

std::string seal_signoff(const std::string& checklist, const Signoff& signoff, const sys::PrivateKey& key) {
    return trim(attest::seal(sealed_type, payload_of(checklist, signoff), {&key, 1}));
}

Result<std::string> sealed_by(const std::string& checklist, const Signoff& signoff,
                              const std::vector<attest::Key>& keys, SystemTime now) {
    if (signoff.sealed.empty()) return no("it has no seal");
    auto opened = TRY(attest::open(signoff.sealed, "sign-off", sealed_type, keys, now));
    if (opened.payload != payload_of(checklist, signoff)) return no("it was changed after it was sealed");
    return std::move(opened.key);
}

bool lets_in(std::string_view evidence) {
    const auto words = evidence_words(evidence);
    return holds_credentials(evidence) || std::any_of(words.begin(), words.end(), is_token);
}

bool names_a_page(std::string_view evidence) {
    const auto url = parse_url(evidence);
    if (!url.ok() || url->host.empty()) return false;
    const bool is_address = url->host.starts_with('[') && url->host.ends_with(']');
    return is_address || url->host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") == std::string::npos;
}

std::string day_after(std::string_view day, Milliseconds duration) {
    constexpr std::size_t length = 10;
    return format_utc(end_of_day(day) + duration).substr(0, length);
}

std::string last_day(const Signoff& signoff, const Item& item) {
    const auto by_item = day_after(signoff.on, item.expires);
    return signoff.expires.empty() ? by_item : std::min(signoff.expires, by_item);
}

std::string mail_of(std::string_view by) {
    const auto from = by.rfind('<'), to = by.rfind('>');
    return from == by.npos || to == by.npos || to < from ? std::string() : lower(by.substr(from + 1, to - from - 1));
}

}
