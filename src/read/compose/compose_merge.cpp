#include "read/compose/compose_merge.h"
#include "read/compose/compose_normalise.h"
#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>

namespace fairlead::read {
namespace {

using Value = ComposeValue;
using ValueKind = Value::Kind;

// Below these the names are the user's.
constexpr std::string_view named_by_users[] = {"services",
                                               "networks",
                                               "volumes",
                                               "secrets",
                                               "configs",
                                               "services.*.networks",
                                               "services.*.ulimits",
                                               "models",
                                               "services.*.depends_on",
                                               "services.*.models"};

enum class How { replace, variables, build, depends_on, names, texts, logging, ulimit, subnets };

struct Special {
    std::string_view path;
    How how;
};

// Whatever isn't here: maps by key, lists appended, scalars replaced.
constexpr Special specials[] = {
    {"networks.*.ipam.config", How::subnets},
    {"networks.*.labels", How::variables},
    {"volumes.*.labels", How::variables},
    {"secrets.*.labels", How::variables},
    {"configs.*.labels", How::variables},
    {"services.*.annotations", How::variables},
    {"services.*.build", How::build},
    {"services.*.build.args", How::variables},
    {"services.*.build.additional_contexts", How::variables},
    {"services.*.build.extra_hosts", How::texts},
    {"services.*.build.labels", How::variables},
    {"services.*.command", How::replace},
    {"services.*.depends_on", How::depends_on},
    {"services.*.deploy.labels", How::variables},
    {"services.*.dns", How::texts},
    {"services.*.dns_opt", How::texts},
    {"services.*.dns_search", How::texts},
    {"services.*.entrypoint", How::replace},
    {"services.*.env_file", How::texts},
    {"services.*.environment", How::variables},
    {"services.*.extra_hosts", How::texts},
    {"services.*.healthcheck.test", How::replace},
    {"services.*.label_file", How::texts},
    {"services.*.labels", How::variables},
    {"services.*.logging", How::logging},
    {"services.*.models", How::names},
    {"services.*.networks", How::names},
    {"services.*.sysctls", How::variables},
    {"services.*.tmpfs", How::texts},
    {"services.*.ulimits.*", How::ulimit},
};

std::string_view name_of(ValueKind kind) {
    constexpr std::string_view names[] = {"empty", "a text", "a list", "a map"};
    return names[static_cast<std::size_t>(kind)];
}

std::string file_and_line(const ComposePlace& place, const ComposeProject& project) {
    return fmt::format("{}:{}", project.file(place), place.line);
}

// The entries of a map by name, for as long as none is added or taken away.
class Index {
  public:
    explicit Index(const Value& map) {
        for (std::size_t i = 0; i < map.items.size(); ++i) at_.emplace(map.items[i].key, i);
    }
    std::optional<std::size_t> of(const std::string& key) const {
        const auto found = at_.find(key);
        return found == at_.end() ? std::nullopt : std::optional(found->second);
    }

  private:
    std::unordered_map<std::string, std::size_t> at_;
};

void cannot_override(const Value& base, const Value& other, ComposeProject& project) {
    project.problems.push_back(
        {other.place,
         fmt::format("'{}' is {} in {}; {} can't override it; write it in the same form, or !override", other.key,
                     name_of(base.kind), file_and_line(base.place, project), name_of(other.kind))});
}

// What two equal entries of a list have in common.
void spell(const Value& value, std::string& into) {
    into += static_cast<char>('0' + static_cast<int>(value.kind));
    if (value.is_scalar())
        into += fmt::format("{}{}:{}", is_plain_text(value) ? 't' : 'p', value.text.size(), value.text);
    if (value.items.empty()) return;
    std::vector<std::string> parts;
    for (const Value& item : value.items) {
        parts.push_back(fmt::format("{}:{}", item.key.size(), item.key));
        spell(item, parts.back());
    }
    if (value.is_map()) std::sort(parts.begin(), parts.end());
    for (const std::string& part : parts) into += part;
    into += '.';
}

void append_new(Value& base, Value other) {
    std::unordered_set<std::string> there;
    const auto is_new = [&](const Value& item) {
        std::string spelled;
        spell(item, spelled);
        return there.insert(std::move(spelled)).second;
    };
    for (const Value& item : base.items) is_new(item);
    for (Value& item : other.items)
        if (is_new(item)) base.items.push_back(std::move(item));
}

void as_names(Value& value) {
    if (!value.is_list()) {
        value.kind = ValueKind::map;
        return;
    }
    for (Value& item : value.items) {
        item.key = std::exchange(item.text, {});
        item.key_place = item.place;
        item.kind = ValueKind::null;
        item.short_form = true;
    }
    value.kind = ValueKind::map;
    value.short_form = true;
}

// A name of depends_on's short form says what the long one would.
void as_started(Value& names) {
    for (Value& entry : names.items) {
        if (entry.kind != ValueKind::null) continue;
        entry.kind = ValueKind::map;
        for (const auto& [key, text] : {std::pair("condition", "service_started"), std::pair("required", "true")}) {
            entry.items.push_back(compose_text(text, entry));
            entry.items.back().key = key;
        }
    }
}

void merge_maps(Value& base, Value other, std::string_view path, ComposeProject& project) {
    const Index index(base);
    for (Value& entry : other.items) {
        const auto at = index.of(entry.key);
        if (!at) {
            base.items.push_back(std::move(entry));
            continue;
        }
        Value& here = base.items[*at];
        if (entry.tag != Value::Tag::none)
            here = std::move(entry);
        else
            merge_compose(here, std::move(entry), compose_path(path, here.key), project);
    }
}

void merge_logging(Value& base, Value other, std::string_view path, ComposeProject& project) {
    const Value* const here = base.find("driver");
    const Value* const there = other.find("driver");
    if (here == nullptr || there == nullptr || here->text == there->text)
        merge_maps(base, std::move(other), path, project);
    else
        base = std::move(other);
}

void merge_subnets(Value& base, Value other, ComposeProject& project) {
    std::unordered_map<std::string, std::size_t> at;
    for (std::size_t i = 0; i < base.items.size(); ++i) at.emplace(base.items[i].text_at("subnet"), i);
    for (Value& item : other.items) {
        const auto found = at.find(std::string(item.text_at("subnet")));
        if (found == at.end())
            base.items.push_back(std::move(item));
        else
            merge_maps(base.items[found->second], std::move(item), "", project);
    }
}

bool merge_special(How how, Value& base, Value& other, std::string_view path, ComposeProject& project) {
    switch (how) {
    case How::replace: base = std::move(other); return true;
    case How::variables:
        as_variables(base, path, project);
        as_variables(other, path, project);
        merge_maps(base, std::move(other), path, project);
        return true;
    case How::build:
        for (Value* const build : {&base, &other}) {
            if (!build->is_scalar()) continue;
            Value context = *build;
            context.key = "context";
            build->items = {std::move(context)};
            build->kind = ValueKind::map;
            build->short_form = true;
        }
        break;
    case How::depends_on:
    case How::names:
        as_names(base);
        as_names(other);
        if (how == How::depends_on) as_started(base), as_started(other);
        merge_maps(base, std::move(other), path, project);
        return true;
    case How::texts:
        as_texts(base);
        as_texts(other);
        append_new(base, std::move(other));
        return true;
    case How::logging:
        if (!base.is_map() || !other.is_map()) break;
        merge_logging(base, std::move(other), path, project);
        return true;
    case How::ulimit:
        if (base.is_map() && other.is_map()) break;
        base = std::move(other);
        return true;
    case How::subnets:
        if (!base.is_list() || !other.is_list()) break;
        merge_subnets(base, std::move(other), project);
        return true;
    }
    return false;
}

const Special* special_of(std::string_view path) {
    const auto found =
        std::find_if(std::begin(specials), std::end(specials), [&](const Special& row) { return row.path == path; });
    return found == std::end(specials) ? nullptr : found;
}

}

std::string compose_path(std::string_view parent, std::string_view key) {
    const bool free =
        std::find(std::begin(named_by_users), std::end(named_by_users), parent) != std::end(named_by_users);
    if (parent.empty()) return std::string(key);
    return fmt::format("{}.{}", parent, free ? "*" : key);
}

bool holds_variables(std::string_view path) {
    const Special* const row = special_of(path);
    return row != nullptr && row->how == How::variables;
}

void as_texts(Value& value) {
    if (value.is_scalar()) {
        Value item = value;
        item.key.clear();
        value.items = {std::move(item)};
        value.short_form = true;
        value.text.clear();
        value.written.clear();
    } else if (value.is_map()) {
        std::vector<Value> items;
        for (Value& entry : value.items) {
            std::vector<Value> several;
            if (!entry.is_list()) several.push_back(entry);
            for (Value& item : entry.is_list() ? entry.items : several)
                items.push_back(compose_text(fmt::format("{}={}", entry.key, plain_text(item)), item));
        }
        value.items = std::move(items);
    }
    value.kind = ValueKind::list;
}

void as_variables(Value& value, std::string_view path, ComposeProject& project) {
    const auto fold = [](Value& entry) {
        std::string text = plain_text(entry);
        if (text != entry.text && entry.written.empty()) entry.written = entry.text;
        entry.text = std::move(text);
    };
    if (value.is_scalar()) as_texts(value);
    if (value.is_map())
        for (Value& entry : value.items)
            if (entry.is_scalar()) fold(entry);
    if (!value.is_list()) {
        value.kind = ValueKind::map;
        return;
    }
    std::unordered_map<std::string, std::size_t> at;
    std::vector<Value> entries;
    for (Value& item : value.items) {
        if (!item.is_scalar()) continue;
        fold(item);
        const std::size_t equals = item.text.find('=');
        item.key = item.text.substr(0, equals);
        item.key_place = item.place;
        item.from_list = true;
        if (equals == std::string::npos)
            item.kind = ValueKind::null;
        else
            item.text.erase(0, equals + 1);
        if (const std::size_t same = item.written.find('='); equals != std::string::npos && same != std::string::npos)
            item.written.erase(0, same + 1);
        const auto [found, is_new] = at.emplace(item.key, entries.size());
        if (is_new) {
            entries.push_back(std::move(item));
            continue;
        }
        project.duplicates.push_back({std::string(path), item.key, entries[found->second].place, item.place});
        entries[found->second] = std::move(item);
    }
    value.items = std::move(entries);
    value.kind = ValueKind::map;
}

void merge_compose(Value& base, Value other, std::string_view path, ComposeProject& project) {
    const Special* const special = special_of(path);
    if (special != nullptr && merge_special(special->how, base, other, path, project)) return;
    if (other.kind == ValueKind::null && base.kind != ValueKind::null) return;
    if ((base.is_map() || base.is_list()) && other.kind != base.kind) {
        cannot_override(base, other, project);
    } else if (base.is_map()) {
        merge_maps(base, std::move(other), path, project);
    } else if (base.is_list()) {
        append_new(base, std::move(other));
    } else {
        base = std::move(other);
    }
}

void strip_marks(Value& value) {
    value.tag = Value::Tag::none;
    std::erase_if(value.items, [](const Value& item) { return item.tag == Value::Tag::reset; });
    for (Value& item : value.items) strip_marks(item);
}

}
