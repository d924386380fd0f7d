#include "preflight/checklists/read.h"
#include "base/printable.h"
#include "base/text.h"
#include "preflight/checklists/facts.h"
#include "preflight/checklists/looks.h"
#include "preflight/rule.h"
#include "sys/data/place.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::preflight {

namespace {

constexpr std::size_t most_items = 2000, longest_text = 300, longest_help = 1000, longest_id = 64;
constexpr Milliseconds longest_run{60LL * 60 * 1000};

template <typename T>
using Named = std::pair<std::string_view, T>;

// One of the words, or the first where the key isn't there.
template <typename T, std::size_t Count>
Result<T> word_of(const MapReader& map, std::string_view key, const Named<T> (&words)[Count], T fallback) {
    if (!map.find(key)) return fallback;
    const auto text = TRY(map.text(key));
    std::vector<std::string> known;
    for (const auto& [name, value] : words) {
        if (name == text) return value;
        known.emplace_back(name);
    }
    return map.error(key, fmt::format("{} '{}' is unknown; expected {}", key, one_line(text), one_of(known)));
}

Result<Milliseconds> duration_of(const MapReader& map, std::string_view key, Milliseconds fallback, Milliseconds least,
                                 Milliseconds most) {
    if (!map.find(key)) return fallback;
    const auto given = TRY(map.text(key));
    const auto read = parse_duration(given);
    if (!read.ok()) return map.error(key, fmt::format("{}: {}", key, read.error().message));
    if (read.value() < least || read.value() > most)
        return map.error(
            key, fmt::format("{} must be between {} and {}", key, format_duration(least), format_duration(most)));
    return read.value();
}

Result<void> check_known_facts(const MapReader& map, std::string_view key, const std::vector<std::string>& names) {
    std::vector<std::string> known;
    for (const Fact& fact : facts()) known.emplace_back(fact.name);
    for (const auto& name : names)
        if (!find_fact(name))
            return map.error(key, fmt::format("{} '{}' is unknown; expected {}", key, one_line(name), one_of(known)));
    return {};
}

Result<When> when_of(const sys::YamlNode& node, std::string_view text, const std::string& file) {
    const MapReader map(node, text, file);
    TRY_VOID(map.allow({"has", "any", "profile", "deployed"}));
    When when;
    when.has = TRY(map.texts("has"));
    when.any = TRY(map.texts("any"));
    TRY_VOID(check_known_facts(map, "has", when.has));
    TRY_VOID(check_known_facts(map, "any", when.any));
    for (const auto& name : TRY(map.texts("profile"))) {
        using config::Profile;
        const auto before = when.profiles.size();
        for (const auto profile : {Profile::development, Profile::staging, Profile::production})
            if (name == config::name_of(profile)) when.profiles.push_back(profile);
        if (when.profiles.size() == before)
            return map.error("profile", fmt::format("profile '{}' is unknown; expected development, staging or "
                                                    "production",
                                                    one_line(name)));
    }
    if (map.find("deployed")) {
        const auto deployed = TRY(map.text("deployed"));
        const auto said = parse_boolean(deployed);
        if (!said.ok()) return map.error("deployed", "deployed must be true or false");
        when.deployed = said.value();
    }
    return when;
}

Result<void> check_rules_of(const MapReader& map, const std::vector<std::string>& rules) {
    std::vector<std::string> known;
    for (const auto& id : rules) {
        if (find_rule(id)) continue;
        for (const Rule& rule : all_rules()) known.emplace_back(rule.id);
        const auto near = nearest(id, known);
        return map.error("rules", fmt::format("rule '{}' is unknown; {}", one_line(id),
                                              near.empty() ? "fairlead-preflight rules lists the rules"
                                                           : "did you mean " + near + "?"));
    }
    return {};
}

// What its kind asks for, and that somebody who reads it knows what to do.
Result<void> check_proof(const MapReader& map, const Item& item) {
    const bool proves = !item.rules.empty() || !item.command.empty() || !item.files.empty();
    if (!proves && item.help.empty())
        return map.error(fmt::format(
            "item {} has neither help, command, rules nor files; write help: to say what to do, or name what proves it",
            item.id));
    if (item.kind == ItemKind::manual && proves)
        return map.error(
            fmt::format("item {} is manual but has rules, files or a command; write kind: either or auto", item.id));
    if (item.kind != ItemKind::manual && !proves)
        return map.error(fmt::format("item {} is {} but has neither rules, files nor a command; write kind: manual",
                                     item.id, name_of(item.kind)));
    if (item.kind == ItemKind::automatic && map.find("expires"))
        return map.error("expires", "nobody signs an item that is auto; leave expires out");
    return {};
}

Result<Item> item_of(const sys::YamlNode& node, const std::string& section, std::string_view text,
                     const std::string& file) {
    const MapReader map(node, text, file);
    TRY_VOID(map.allow({"id", "text", "help", "kind", "phase", "when", "severity", "rules", "files", "command",
                        "timeout", "expires", "due", "refs"}));
    Item item;
    item.section = section;
    item.place = map.place(node);
    item.id = TRY(map.needed("id"));
    if (!is_item_id(item.id))
        return map.error(
            "id", fmt::format("id '{}' is not valid; write lowercase letters, digits and '-', at most {} characters",
                              one_line(item.id), longest_id));
    item.text = TRY(map.needed("text"));
    if (code_points(item.text) > longest_text)
        return map.error("text",
                         fmt::format("the text is longer than {} characters; move the rest to help", longest_text));
    item.help = TRY(map.text("help"));
    if (code_points(item.help) > longest_help)
        return map.error(
            "help",
            fmt::format("help is longer than {} characters; write the rest on a page and name the page", longest_help));
    constexpr Named<ItemKind> kinds[] = {
        {"auto", ItemKind::automatic}, {"manual", ItemKind::manual}, {"either", ItemKind::either}};
    item.kind = TRY(word_of(map, "kind", kinds, ItemKind::manual));
    constexpr Named<ItemPhase> phases[] = {
        {"before", ItemPhase::before}, {"after", ItemPhase::after}, {"drill", ItemPhase::drill}};
    item.phase = TRY(word_of(map, "phase", phases, ItemPhase::before));
    using report::Severity;
    constexpr Named<Severity> severities[] = {
        {"error", Severity::error}, {"warning", Severity::warning}, {"info", Severity::info}};
    item.severity = TRY(word_of(map, "severity", severities, Severity::error));
    if (const auto* when = map.find("when")) item.when = TRY(when_of(*when, text, file));
    item.rules = TRY(map.texts("rules"));
    TRY_VOID(check_rules_of(map, item.rules));
    item.files = TRY(map.texts("files"));
    item.command = TRY(map.texts("command"));
    if (map.find("command"))
        if (const auto looks = check_look(item.command); !looks.ok())
            return map.error("command", looks.error().message);
    item.timeout = TRY(duration_of(map, "timeout", item.timeout, Milliseconds{1000}, longest_run));
    item.expires = TRY(duration_of(map, "expires", item.expires, one_day, 3660 * one_day));
    if (item.expires % one_day != Milliseconds{0})
        return map.error("expires", "expires must be in whole days, such as 90d");
    item.due = TRY(map.text("due"));
    if (!item.due.empty() && !is_day(item.due)) return map.error("due", "due must be a day, such as 2026-03-31");
    item.refs = TRY(map.texts("refs"));
    TRY_VOID(check_proof(map, item));
    return item;
}

class Reading {
  public:
    Reading(std::string_view text, const std::string& file, const std::string& name) : text_(text), file_(file) {
        list_.name = name;
    }

    Result<Checklist> read(const sys::YamlNode& root) {
        const MapReader map(root, text_, file_);
        TRY_VOID(map.allow({"title", "about", "requires", "import", "sections", "items"}));
        list_.title = TRY(map.text("title", list_.name));
        list_.about = TRY(map.text("about"));
        list_.required = TRY(map.texts("requires"));
        for (const auto& name : list_.required)
            if (!is_item_id(name) || name == list_.name)
                return map.error("requires", fmt::format("'{}' is not the name of another checklist", one_line(name)));
        list_.imported = TRY(map.texts("import"));
        if (const auto* sections = map.find("sections")) TRY_VOID(add_sections(*sections));
        if (const auto* items = map.find("items")) {
            list_.sections.push_back({"items", list_.title});
            TRY_VOID(add_items(*items, "items"));
        }
        if (list_.items.empty() && list_.imported.empty() && list_.required.empty())
            return map.error("the checklist is empty; write sections:, items: or import:");
        return std::move(list_);
    }

  private:
    Result<void> add_sections(const sys::YamlNode& sections) {
        const MapReader map(sections, text_, file_);
        if (sections.kind != sys::YamlNode::Kind::map)
            return map.error("sections must be a map of names, each with items:");
        for (const auto& [key, value] : sections.entries) {
            const MapReader section(value, text_, file_);
            if (!is_item_id(key.scalar) || key.scalar == "items")
                return map.error(
                    key.scalar,
                    fmt::format("'{}' is not a valid name for a section; write lowercase letters, digits and '-'",
                                one_line(key.scalar)));
            TRY_VOID(section.allow({"title", "items"}));
            auto title = TRY(section.text("title", key.scalar));
            list_.sections.push_back({key.scalar, std::move(title)});
            if (const auto* items = section.find("items")) TRY_VOID(add_items(*items, key.scalar));
        }
        return {};
    }

    Result<void> add_items(const sys::YamlNode& items, const std::string& section) {
        const MapReader map(items, text_, file_);
        if (items.kind != sys::YamlNode::Kind::list) return map.error("items must be a list of maps with id and text");
        for (const auto& node : items.items) {
            auto item = TRY(item_of(node, section, text_, file_));
            if (!ids_.insert(item.id).second)
                return MapReader(node, text_, file_)
                    .error("id", fmt::format("two items have the id {}; change the id of one item", item.id));
            if (list_.items.size() == most_items)
                return map.error(
                    fmt::format("there are more than {} items; split the list into two checklists", most_items));
            list_.items.push_back(std::move(item));
        }
        return {};
    }

    std::string_view text_;
    const std::string& file_;
    Checklist list_;
    std::set<std::string> ids_;
};

}

Place MapReader::place(const sys::YamlNode& node) const { return sys::place_at(text_, node.line, node.column, file_); }

Error MapReader::error(std::string message) const { return usage(std::move(message), place(map_)); }

Error MapReader::error(std::string_view key, std::string message) const {
    const auto* node = map_.find(key);
    return usage(std::move(message), place(node ? *node : map_));
}

Result<void> MapReader::allow(std::initializer_list<std::string_view> keys) const {
    const std::vector<std::string> known(keys.begin(), keys.end());
    if (map_.kind != sys::YamlNode::Kind::map)
        return error(fmt::format("a map is expected here, with {}", one_of(known)));
    for (const auto& [key, value] : map_.entries) {
        if (std::find(known.begin(), known.end(), key.scalar) != known.end()) continue;
        const auto near = nearest(key.scalar, known);
        return usage(fmt::format("key '{}' is unknown; {}", one_line(key.scalar),
                                 near.empty() ? "expected " + one_of(known) : "did you mean " + near + "?"),
                     place(key));
    }
    return {};
}

Result<std::string> MapReader::text(std::string_view key, std::string_view fallback) const {
    const auto* node = map_.find(key);
    if (!node) return std::string(fallback);
    if (node->kind != sys::YamlNode::Kind::scalar || node->scalar.find_first_of("\r\n") != std::string::npos)
        return error(key, fmt::format("{} must be text on one line", key));
    return std::string(trim(std::string_view(node->scalar)));
}

Result<std::string> MapReader::needed(std::string_view key) const {
    auto text = TRY(this->text(key));
    if (text.empty()) return error(key, fmt::format("{} is missing", key));
    return text;
}

Result<std::vector<std::string>> MapReader::texts(std::string_view key) const {
    std::vector<std::string> all;
    const auto* node = map_.find(key);
    if (!node) return all;
    const auto wrong = [&] { return error(key, fmt::format("{} must be a list of words", key)); };
    if (node->kind != sys::YamlNode::Kind::list) return wrong();
    for (const auto& item : node->items) {
        if (item.kind != sys::YamlNode::Kind::scalar || item.scalar.empty()) return wrong();
        all.push_back(item.scalar);
    }
    return all;
}

bool is_item_id(std::string_view text) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    return !text.empty() && text.size() <= longest_id && is_letter(text[0]) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

SystemTime end_of_day(std::string_view text) {
    return parse_utc(std::string(text) + "T23:59:59Z").value_or(SystemTime{}) + Milliseconds{999};
}

Result<Checklist> read_checklist(std::string_view text, const std::string& file, const std::string& name) {
    const auto root = TRY(sys::parse_yaml(text, file));
    return Reading(text, file, name).read(root);
}

}
