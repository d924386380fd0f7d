#include "preflight/env_schema.h"
#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "base/utf8.h"
#include "read/env/env.h"
#include "sys/data/json.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

// ---- types

bool is_integer(std::string_view value) { return parse_integer(value).ok(); }
bool is_number(std::string_view value) { return parse_number(value).ok(); }
bool is_port(std::string_view value) {
    const auto number = parse_integer(value);
    return number && number.value() >= 1 && number.value() <= 65535;
}
bool is_email(std::string_view value) {
    const auto at = value.find('@');
    return at != value.npos && at > 0 && at + 1 < value.size() && value.find_first_of(" \t") == value.npos;
}
bool is_boolean(std::string_view value) {
    constexpr std::string_view words[] = {"true", "false", "1", "0", "yes", "no", "on", "off", "t", "f"};
    return std::find(std::begin(words), std::end(words), lower(value)) != std::end(words);
}
bool is_duration(std::string_view value) {
    const auto unit = value.find_first_not_of("0123456789");
    const auto word = unit == value.npos ? std::string_view("s") : value.substr(unit);
    return unit != 0 && !value.empty() && (word == "ms" || word == "s" || word == "m" || word == "h" || word == "d");
}
bool is_whole_url(std::string_view value) { return is_absolute_url(value) && parse_url(value).ok(); }
bool is_anything(std::string_view) { return true; }

struct SchemaType {
    std::string_view name;
    bool (*fits)(std::string_view value);
    std::string_view expected;
};
constexpr SchemaType types[] = {
    {"", is_anything, ""},
    {"string", is_anything, ""},
    {"enum", is_anything, ""},
    {"integer", is_integer, "a whole number"},
    {"float", is_number, "a number"},
    {"number", is_number, "a number"},
    {"boolean", is_boolean, "true or false"},
    {"url", is_whole_url, "a URL"},
    {"email", is_email, "a mail address"},
    {"port", is_port, "a whole number from 1 to 65535"},
    {"duration", is_duration, "a duration such as 30s, 15m or 1h"},
    // known, and not looked into
    {"ip", is_anything, ""},
    {"uuid", is_anything, ""},
    {"semver", is_anything, ""},
    {"isodate", is_anything, ""},
    {"md5", is_anything, ""},
    {"simple-object", is_anything, ""},
};

const SchemaType* type_named(std::string_view name) {
    const auto found =
        std::find_if(std::begin(types), std::end(types), [&](const SchemaType& one) { return one.name == name; });
    return found == std::end(types) ? nullptr : found;
}

// ---- its limits: @type=number(min=1, max=9)

std::string shown_value(std::string_view text) { return to_valid_utf8(text.substr(0, 40)); }

std::string beyond(std::string_view limit, const std::string& wanted, const std::string& value) {
    const auto number = parse_number(wanted), mine = parse_number(value);
    const auto length = static_cast<double>(code_points(value));
    if (number && mine && limit == "min" && mine.value() < number.value()) return "at least " + shown_value(wanted);
    if (number && mine && limit == "max" && mine.value() > number.value()) return "at most " + shown_value(wanted);
    if (limit == "isInt" && wanted == "true" && !is_integer(value)) return "a whole number";
    if (number && limit == "minLength" && length < number.value())
        return fmt::format("{} or more characters", shown_value(wanted));
    if (number && limit == "maxLength" && length > number.value())
        return fmt::format("at most {} characters", shown_value(wanted));
    if (number && limit == "isLength" && length != number.value())
        return fmt::format("{} characters", shown_value(wanted));
    if (limit == "startsWith" && !value.starts_with(wanted)) return "a value that begins as the schema says";
    if (limit == "endsWith" && !value.ends_with(wanted)) return "a value that ends as the schema says";
    return {};
}

// ---- JSON

void read_json(const sys::Json& root, EnvSchema& schema) {
    const auto entries = root.is_object() ? root.find("entries") : root.end();
    if (entries == root.end() || !entries->is_object()) {
        schema.problems.emplace_back(1, fmt::format("{} has no \"entries\"", file_name(schema.file)));
        return;
    }
    schema.others = !root.contains("allowOtherKeys") || root["allowOtherKeys"] != false;
    for (const auto& [key, row] : entries->items()) {
        EnvWanted wanted{
            .type = lower(sys::text_of(row, "type")), .limits = {}, .regex = sys::text_of(row, "regex"), .words = {}};
        wanted.required = row.is_object() && row.contains("required") && row["required"] == true;
        if (row.is_object() && row.contains("enum") && row["enum"].is_array())
            for (const auto& word : row["enum"])
                if (word.is_string()) wanted.words.push_back(word.get<std::string>());
        schema.names.emplace(key, std::move(wanted));
    }
}

// ---- comments: "@required @type=enum(a, b) # why"

struct Decorator {
    std::string name, value;                                 // of @type=port: "type", "port"
    std::vector<std::pair<std::string, std::string>> inside; // of enum(a, b): {"", "a"}, {"", "b"}
};

// Where `text` ends that begins at `at`: at one of `stops` outside of quotes.
std::size_t end_of(std::string_view text, std::size_t at, std::string_view stops) {
    char quote = '\0';
    for (; at < text.size(); ++at) {
        if (quote == '\0' && stops.find(text[at]) != stops.npos) break;
        if (quote == '\0' ? text[at] == '"' || text[at] == '\'' : text[at] == quote)
            quote = quote == '\0' ? text[at] : '\0';
    }
    return at;
}

std::vector<Decorator> decorators_of(std::string_view comment) {
    std::vector<Decorator> all;
    for (std::size_t at = 0; at < comment.size();) {
        at = std::min(comment.find_first_not_of(" \t", at), comment.size());
        if (at == comment.size() || comment[at] != '@') break; // the rest is for people
        const auto name_end = end_of(comment, at, " \t=(");
        Decorator one{std::string(comment.substr(at + 1, name_end - at - 1)), {}, {}};
        at = name_end;
        if (at < comment.size() && comment[at] == '=') {
            const auto end = end_of(comment, at + 1, " \t(");
            one.value = without_quotes(comment.substr(at + 1, end - at - 1));
            at = end;
        }
        if (at < comment.size() && comment[at] == '(') {
            const auto close = end_of(comment, at + 1, ")");
            for (std::size_t from = at + 1; from < close;) {
                const auto end = std::min(end_of(comment, from, ",)"), close);
                const auto word = comment.substr(from, end - from);
                const auto equals = end_of(word, 0, "=");
                if (equals < word.size())
                    one.inside.emplace_back(trim(word.substr(0, equals)), without_quotes(word.substr(equals + 1)));
                else
                    one.inside.emplace_back("", without_quotes(word));
                from = end + 1;
            }
            at = std::min(close + 1, comment.size());
        }
        all.push_back(std::move(one));
    }
    return all;
}

void apply(const Decorator& one, EnvWanted& wanted) {
    const bool yes = one.value.empty() ? one.inside.empty() : one.value == "true"; // =forEnv(...): who knows
    if (one.name == "required") wanted.required = yes;
    if (one.name == "optional" && yes) wanted.required = false;
    if (one.name != "type") return;
    wanted.type = lower(one.value);
    for (const auto& [name, value] : one.inside)
        if (name.empty())
            wanted.words.push_back(value);
        else if (name == "matches")
            wanted.regex = value.size() > 1 && value.front() == '/' && value.back() == '/'
                               ? value.substr(1, value.size() - 2)
                               : value;
        else
            wanted.limits.emplace_back(name, value);
}

void read_comments(std::string_view text, EnvSchema& schema) {
    const auto read = read::read_env(text, read::EnvDialect::dotenv);
    std::map<int, const read::EnvEntry*> entries;
    for (const auto& entry : read.entries) entries.emplace(entry.line, &entry);
    std::vector<Decorator> above;
    bool required = false; // @defaultRequired
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        const auto words = trim(std::string_view(line));
        if (const auto found = entries.find(++number); found != entries.end()) {
            const auto& entry = *found->second;
            EnvWanted wanted{.type = {}, .limits = {}, .regex = {}, .words = {}, .required = required, .line = number};
            for (const auto& one : above) apply(one, wanted);
            wanted.required = wanted.required && entry.raw.empty(); // else the schema's own value holds
            schema.names.insert_or_assign(entry.name, std::move(wanted));
        }
        if (!words.starts_with('#')) {
            above.clear();
            continue;
        }
        auto comment = trim(words.substr(1));
        if (comment.starts_with("---")) { // the head's end
            for (const auto& one : above)
                if (one.name == "defaultRequired") required = one.value == "true";
            above.clear();
        }
        for (auto& one : decorators_of(comment)) above.push_back(std::move(one));
    }
    schema.others = false;
    if (schema.names.empty())
        schema.problems.emplace_back(1, fmt::format("{} names no variable", file_name(schema.file)));
}

}

std::string expected(const EnvWanted& wanted, const std::string& value) {
    if (const auto* type = type_named(wanted.type); type != nullptr && !type->fits(value))
        return std::string(type->expected);
    for (const auto& [limit, limit_value] : wanted.limits)
        if (auto text = beyond(limit, limit_value, value); !text.empty()) return text;
    if (!wanted.words.empty() && std::find(wanted.words.begin(), wanted.words.end(), value) == wanted.words.end())
        return "one of " + to_valid_utf8(one_of(wanted.words).substr(0, 60));
    if (!wanted.regex.empty()) {
        const auto pattern = sys::Pattern::compile(wanted.regex);
        if (pattern && !pattern.value().matches(value)) return "a value that its pattern matches";
    }
    return {};
}

EnvSchema read_env_schema(const std::string& file, std::string_view text) {
    EnvSchema schema;
    schema.file = file;
    if (!trim(text).starts_with('{')) {
        read_comments(text, schema);
    } else if (const auto json = sys::parse_json(text, file)) {
        read_json(json.value(), schema);
    } else {
        schema.problems.emplace_back(1, fmt::format("{} is not valid JSON", file_name(file)));
    }
    for (const auto& [name, wanted] : schema.names)
        if (type_named(wanted.type) == nullptr)
            schema.problems.emplace_back(wanted.line, fmt::format("{} has type {}, which is unknown", shown_value(name),
                                                                  shown_value(wanted.type)));
    return schema;
}

EnvSchemas env_schemas(const Project& project) {
    EnvSchemas schemas;
    const auto add = [&](const std::string& folder) {
        if (schemas.contains(folder)) return;
        for (const std::string_view name : {".env.schema", "env.schema", ".env.schema.json", "env.schema.json"}) {
            const auto path = folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
            if (const auto text = project.read(path)) {
                schemas.emplace(folder, read_env_schema(path, *text));
                return;
            }
        }
    };
    add("");
    for (const EnvFile& file : project.env_files) add(std::string(folder_of(file.file)));
    return schemas;
}

const EnvSchema* schema_for(const EnvSchemas& schemas, const std::string& env_file) {
    for (const std::string& folder : {std::string(folder_of(env_file)), std::string()})
        if (const auto found = schemas.find(folder); found != schemas.end()) return &found->second;
    return nullptr;
}

}
