#include "base/text.h"
#include "config/check.h"
#include "config/document.h"
#include "sys/data/place.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::config {
namespace {

using Node = sys::YamlNode;
using Kind = Node::Kind;

std::string_view shape(const Node& node) {
    switch (node.kind) {
    case Kind::null: return "empty";
    case Kind::scalar: return "a single value";
    case Kind::list: return "a list";
    case Kind::map: return "a map";
    }
    return "empty";
}

bool is_nested(Type type) { return type == Type::map || type == Type::map_list || type == Type::open_map; }

bool may_be_empty(Type type) {
    return is_nested(type) || type == Type::text_list || type == Type::commands || type == Type::any;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// The key `kind` says which of its neighbours there are. Nothing: it isn't known here, or is told as wrong.
using ItsKind = std::optional<std::string_view>;

bool goes_with(const Field& field, ItsKind kind) { return field.of.empty() || !kind || is_one_of(*kind, field.of); }

// A tool that is still to come has no section yet.
bool is_planned(std::string_view key) { return is_one_of(key, planned_tools()); }

class Validator {
  public:
    Validator(const std::string& file, std::string_view text, Missing missing)
        : file_(file), text_(text), missing_(missing) {}

    Result<void> map(const std::string& path, const Node& node, std::span<const Field> fields) const {
        const ItsKind kind = kind_of(node, fields);
        for (const auto& [key, value] : node.entries) {
            const Field* field = find_field(fields, key.scalar);
            if (!field) return unknown(path, key, fields, kind);
            if (!goes_with(*field, kind)) return of_another_kind(path, key, *field, *kind);
            if (value.kind == Kind::null && !may_be_empty(field->type)) return empty(path, key, *field);
            if (groups_inputs(*field) && value.kind != Kind::scalar && value.entries.empty() && value.items.empty())
                return asks_nothing(path, key, *field);
            TRY_VOID(this->value(path.empty() ? key.scalar : path + "." + key.scalar, value, *field));
        }
        return missing_ == Missing::allowed ? Result<void>() : missed(path, node, node, fields);
    }

  private:
    ItsKind kind_of(const Node& node, std::span<const Field> fields) const {
        const Field* field = find_field(fields, "kind");
        if (!field) return {};
        const Node* written = node.find("kind");
        if (written && is_one_of(written->scalar, field->allowed)) return written->scalar;
        if (written || missing_ == Missing::allowed || field->fallback.empty()) return {};
        return field->fallback;
    }

    // `there`: where the error points to.
    Result<void> missed(const std::string& path, const Node& there, const Node& node,
                        std::span<const Field> fields) const {
        const ItsKind kind = kind_of(node, fields);
        for (const Field& field : fields) {
            if (field.needed == Needed::optional || node.find(field.name)) continue;
            if (!field.of.empty() && (!kind || !goes_with(field, kind))) continue;
            return at(there, fmt::format("{}: key '{}' is missing; add it", path.empty() ? file_ : path, field.name));
        }
        return {};
    }

    Error at(const Node& node, std::string message) const {
        return usage(std::move(message), sys::place_at(text_, node.line, node.column, file_));
    }

    Error unknown(const std::string& path, const Node& key, std::span<const Field> fields, ItsKind kind) const {
        std::vector<std::string> known;
        for (const Field& field : fields)
            if (goes_with(field, kind)) known.emplace_back(field.name);
        if (is_planned(key.scalar) && (path.empty() || path.starts_with("environments.")))
            return at(key, fmt::format("{}: is not part of this version; remove the section", key.scalar));
        const std::string near = nearest(key.scalar, known);
        const std::string where = path.empty() ? "" : " in " + path;
        const std::string way_out =
            near.empty() ? "expected " + one_of(known) : fmt::format("did you mean '{}'?", near);
        return at(key, fmt::format("key '{}' is unknown{}; {}", key.scalar, where, way_out));
    }

    Error of_another_kind(const std::string& path, const Node& key, const Field& field, std::string_view kind) const {
        const std::vector<std::string> its(field.of.begin(), field.of.end());
        return at(key, fmt::format("key '{}' in {} is for kind {}, not for {}; remove it", key.scalar,
                                   path.empty() ? file_ : path, one_of(its), kind));
    }

    // YAML puts an empty value at the next line: show the key.
    Error empty(const std::string& path, const Node& key, const Field& field) const {
        const std::string name = path.empty() ? key.scalar : path + "." + key.scalar;
        return at(key, fmt::format("{} is empty; expected {}", name, a(field.type)));
    }

    Error asks_nothing(const std::string& path, const Node& key, const Field& field) const {
        std::vector<std::string> known;
        for (const Field& child : field.children) known.emplace_back(child.name);
        const std::string name = path.empty() ? key.scalar : path + "." + key.scalar;
        return at(key, fmt::format("{} is empty, so it has no effect; write {}, or remove it", name, one_of(known)));
    }

    Error wrong_shape(const std::string& path, const Node& node, std::string_view expected) const {
        return at(node, fmt::format("{} is {}; expected {}", path, shape(node), expected));
    }

    Result<void> value(const std::string& path, const Node& node, const Field& field) const {
        if (field.type == Type::any) return {};
        if (field.type == Type::secret) {
            return at(node, fmt::format("{} is a secret, which must not be in a file; set its variable", path));
        }
        if (node.kind == Kind::null && may_be_empty(field.type)) return {};
        if (node.kind == Kind::scalar && is_nested(field.type) && field.or_text) return scalar(path, node, field);
        switch (field.type) {
        case Type::map: return nested(path, node, field);
        case Type::open_map: return open(path, node, field);
        case Type::commands: return commands(path, node);
        case Type::map_list:
        case Type::text_list: return list(path, node, field);
        default: return scalar(path, node, field);
        }
    }

    Result<void> nested(const std::string& path, const Node& node, const Field& field) const {
        if (node.kind != Kind::map) return wrong_shape(path, node, field.or_text ? "a word or a map" : "a map");
        return map(path, node, field.children);
    }

    Result<void> open(const std::string& path, const Node& node, const Field& field) const {
        if (node.kind != Kind::map) return wrong_shape(path, node, "a map");
        // Only what an environment says is laid over something: its entries need not be whole by themselves.
        const Missing missing = path.starts_with("environments") ? missing_ : Missing::refused;
        const Validator entries(file_, text_, missing);
        for (const auto& [key, value] : node.entries) {
            const std::string name = path + "." + key.scalar;
            if (value.kind == Kind::null && field.children.front().type == Type::map && missing == Missing::refused)
                TRY_VOID(entries.missed(name, key, Node{}, field.children.front().children));
            TRY_VOID(entries.value(name, value, field.children.front()));
        }
        return {};
    }

    Result<void> commands(const std::string& path, const Node& node) const {
        constexpr auto expected = "a command must be a list of words; write {}: [[python3, migrate.py]]";
        const auto name = path.substr(path.rfind('.') + 1);
        if (node.kind != Kind::list) return at(node, fmt::format(expected, name));
        for (const Node& command : node.items) {
            const bool words = std::all_of(command.items.begin(), command.items.end(),
                                           [](const Node& word) { return word.kind == Kind::scalar; });
            if (command.kind != Kind::list || command.items.empty() || !words)
                return at(command, fmt::format(expected, name));
        }
        return {};
    }

    // One value is a list of one.
    Result<void> list(const std::string& path, const Node& node, const Field& field) const {
        const bool maps = field.type == Type::map_list;
        if (node.kind != Kind::list) return item(path, node, field);
        for (const Node& entry : node.items) {
            const bool word = entry.kind == Kind::scalar && (!maps || field.or_text);
            if (!word && !(maps && entry.kind == Kind::map)) {
                return wrong_shape("an item of " + path, entry, maps ? "a map" : "text");
            }
            TRY_VOID(item(path, entry, field));
        }
        return {};
    }

    Result<void> item(const std::string& path, const Node& node, const Field& field) const {
        if (field.type == Type::text_list) return scalar(path, node, field);
        if (node.kind == Kind::scalar && field.or_text) return scalar(path, node, field);
        return Validator(file_, text_, Missing::refused)
            .nested(path, node, field); // nothing is laid over a list's item
    }

    Result<void> scalar(const std::string& path, const Node& node, const Field& field) const {
        if (node.kind != Kind::scalar) {
            return wrong_shape(path, node, field.type == Type::text_list ? "text or a list of texts" : a(field.type));
        }
        if (holds_interpolation(node.scalar) && !node.settled) return {}; // of an environment that isn't ours
        const std::vector<std::string> allowed(field.allowed.begin(), field.allowed.end());
        const bool list = field.type == Type::text_list;
        const Type type = list ? field.item : is_nested(field.type) ? Type::text : field.type;
        const auto checked = check_text(path, type, allowed, node.scalar);
        if (!checked.ok()) return at(node, checked.error().message);
        return {};
    }

    static std::string a(Type type) {
        if (type == Type::text) return "text";
        return fmt::format("{} {}", type == Type::integer ? "an" : "a", name_of(type)); // "an integer"
    }

    const std::string& file_;
    std::string_view text_;
    Missing missing_;
};

}

Result<void> validate(const Node& node, const std::string& path, std::span<const Field> fields, Missing missing,
                      const Document& document) {
    if (node.kind == Kind::null) return {};
    if (node.kind != Kind::map)
        return usage(fmt::format("is {}; expected a map of keys", shape(node)), document.place(node));
    return Validator(document.file, document.text, missing).map(path, node, fields);
}

}
