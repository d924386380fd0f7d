#include "backup/sets/manifest.h"
#include "backup/sets/names.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using sys::Json;

constexpr int newest_schema = 1;

Json json_of(const Digested& digested) { return {{"bytes", digested.bytes}, {"sha256", digested.sha256}}; }

Json json_of(const Part& part) {
    Json tables = Json::array();
    for (const auto& table : part.tables)
        tables.push_back({{"name", table.name}, {"rows", table.rows}, {"exact", table.exact}});
    return {{"name", part.name},
            {"engine", part.engine},
            {"format", part.format},
            {"file", part.file},
            {"compression", part.compression},
            {"recipients", part.recipients},
            {"plain", json_of(part.plain)},
            {"stored", json_of(part.stored)},
            {"database", part.database},
            {"server_version", part.server_version},
            {"client_version", part.client_version},
            {"consistency", part.consistency},
            {"tables", std::move(tables)},
            {"extensions", part.extensions},
            {"facts", part.facts},
            {"problems", part.problems}};
}

std::string text_of(const Json& json) { return sys::dump_json(json, 1) + "\n"; }

std::string with_digest(Json json) {
    json["sha256"] = sys::sha256(text_of(json));
    return text_of(json);
}

// Takes members one by one; the first that isn't there, or is something else, makes it not ok.
struct Reader {
    const Json& json;
    bool ok = true;

    const Json* member(const char* name) {
        const auto found = json.find(name);
        if (found == json.end()) return ok = false, nullptr;
        return &*found;
    }
    std::string text(const char* name) {
        const Json* value = member(name);
        if (value == nullptr || !value->is_string()) return ok = false, "";
        return value->get<std::string>();
    }
    std::uint64_t number(const char* name) {
        const Json* value = member(name);
        if (value == nullptr || !value->is_number_unsigned()) return ok = false, 0;
        return value->get<std::uint64_t>();
    }
    bool boolean(const char* name) {
        const Json* value = member(name);
        if (value == nullptr || !value->is_boolean()) return ok = false, false;
        return value->get<bool>();
    }
    SystemTime time(const char* name) {
        const auto parsed = parse_utc(text(name));
        ok = ok && parsed.has_value();
        return parsed.value_or(SystemTime{});
    }
    std::vector<std::string> texts(const char* name) {
        std::vector<std::string> all;
        for (const Json& one : list(name)) {
            if (!one.is_string()) return ok = false, all;
            all.push_back(one.get<std::string>());
        }
        return all;
    }
    std::map<std::string, std::string> pairs(const char* name) {
        std::map<std::string, std::string> all;
        const Json* value = member(name);
        if (value == nullptr || !value->is_object()) return ok = false, all;
        for (const auto& [key, one] : value->items()) {
            if (!one.is_string()) return ok = false, all;
            all[key] = one.get<std::string>();
        }
        return all;
    }
    const Json& list(const char* name) {
        static const Json none = Json::array();
        const Json* value = member(name);
        if (value == nullptr || !value->is_array()) return ok = false, none;
        return *value;
    }
};

Digested digested(Reader& above, const char* name) {
    const Json* value = above.member(name);
    if (value == nullptr || !value->is_object()) return above.ok = false, Digested{};
    Reader reader{*value};
    Digested found{reader.number("bytes"), reader.text("sha256")};
    above.ok = above.ok && reader.ok;
    return found;
}

std::vector<TableCount> tables(Reader& above) {
    std::vector<TableCount> all;
    for (const Json& one : above.list("tables")) {
        if (!one.is_object()) return above.ok = false, all;
        Reader reader{one};
        all.push_back({reader.text("name"), reader.number("rows"), reader.boolean("exact")});
        above.ok = above.ok && reader.ok;
    }
    return all;
}

bool read_part(const Json& json, Part& part) {
    if (!json.is_object()) return false;
    Reader reader{json};
    part.name = reader.text("name");
    part.engine = reader.text("engine");
    part.format = reader.text("format");
    part.file = reader.text("file");
    part.compression = reader.text("compression");
    part.recipients = reader.texts("recipients");
    part.plain = digested(reader, "plain");
    part.stored = digested(reader, "stored");
    part.database = reader.text("database");
    part.server_version = reader.text("server_version");
    part.client_version = reader.text("client_version");
    part.consistency = reader.text("consistency");
    part.tables = tables(reader);
    part.extensions = reader.pairs("extensions");
    part.facts = reader.pairs("facts");
    part.problems = reader.texts("problems");
    return reader.ok;
}

Error changed(const std::string& name) {
    return no(fmt::format("manifest '{}' is damaged or was changed; the set can't be trusted: take another set", name));
}

// Its checksum is right, so what is missing was never there.
Error strange(const std::string& name) {
    return no(fmt::format("manifest '{}' lacks required fields; it was not written by fairlead-backup", name));
}

// Without its checksum, which is right; nothing: it isn't.
std::optional<Json> as_written(std::string_view text) {
    auto parsed = sys::parse_json(text, "manifest");
    if (!parsed.ok() || !parsed->is_object()) return std::nullopt;
    Json json = std::move(parsed).value();
    const std::string digest = sys::text_of(json, "sha256");
    json.erase("sha256");
    return digest == sys::sha256(text_of(json)) ? std::optional(std::move(json)) : std::nullopt;
}

Result<Json> checked_json(std::string_view text, const std::string& name) {
    auto written = as_written(text);
    if (!written) return changed(name);
    Json json = std::move(*written);
    const auto schema = json.find("schema");
    if (schema == json.end() || !schema->is_number_unsigned()) return strange(name);
    if (schema->get<std::uint64_t>() > newest_schema)
        return no(fmt::format("manifest '{}' was written by a newer fairlead-backup ({}); install that version", name,
                              sys::text_of(json, "tool_version")));
    if (with_digest(json) != text) return changed(name);
    return json;
}

}

const Part* Manifest::find(std::string_view name) const {
    const auto found = std::find_if(parts.begin(), parts.end(), [&](const Part& one) { return one.name == name; });
    return found == parts.end() ? nullptr : &*found;
}

std::string object_of(const Manifest& manifest) {
    const auto named = parse_name(keep_name(manifest.id), manifest.app);
    return manifest_name(manifest.id,
                         tag_of(named ? named->style : Style::compat, {manifest.app, manifest.environment}));
}

std::string sources_of(const Manifest& manifest) {
    std::vector<std::string> names;
    for (const Part& part : manifest.parts)
        if (part.name.find('.') == part.name.npos) names.push_back(part.name);
    std::sort(names.begin(), names.end());
    return join(names, ", ");
}

std::string write_manifest(const Manifest& manifest) {
    Json parts = Json::array();
    for (const auto& part : manifest.parts) parts.push_back(json_of(part));
    return with_digest({{"schema", newest_schema},
                        {"id", manifest.id},
                        {"app", manifest.app},
                        {"environment", manifest.environment},
                        {"host", manifest.host},
                        {"tool_version", manifest.tool_version},
                        {"commit", manifest.commit},
                        {"started", format_utc(manifest.started)},
                        {"finished", format_utc(manifest.finished)},
                        {"after", manifest.after},
                        {"parts", std::move(parts)}});
}

Result<Manifest> read_manifest(std::string_view text, const std::string& name, const std::string& id) {
    const Json json = TRY(checked_json(text, name));
    Manifest manifest;
    Reader reader{json};
    manifest.id = reader.text("id");
    manifest.app = reader.text("app");
    manifest.environment = reader.text("environment");
    manifest.host = reader.text("host");
    manifest.tool_version = reader.text("tool_version");
    manifest.commit = reader.text("commit");
    manifest.started = reader.time("started");
    manifest.finished = reader.time("finished");
    if (json.contains("after")) manifest.after = reader.texts("after");
    for (const Json& one : reader.list("parts"))
        if (!read_part(one, manifest.parts.emplace_back())) return strange(name);
    if (!reader.ok || manifest.parts.empty()) return strange(name);
    if (manifest.id != id)
        return no(
            fmt::format("manifest '{}' belongs to set '{}'; somebody renamed it: take another set", name, manifest.id));
    return manifest;
}

bool is_as_written(std::string_view text) { return as_written(text).has_value(); }

Result<void> check_named(const Manifest& manifest, const std::string& name) {
    const auto named = parse_name(name, manifest.app);
    const Owner owner(manifest.app, manifest.environment);
    if (named && name == manifest_name(manifest.id, tag_of(named->style, owner))) return {};
    return no(fmt::format(
        "manifest '{}' belongs to the app '{}'{}, but its name says otherwise; somebody renamed it: take another set",
        name, one_line(manifest.app),
        manifest.environment.empty() ? " and of no environment"
                                     : fmt::format(" and of environment '{}'", one_line(manifest.environment))));
}

}
