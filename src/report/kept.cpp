#include "report/kept.h"
#include "sys/data/json.h"
#include "sys/git/repository.h"
#include <fmt/format.h>
#include <utility>

namespace fairlead::report {
namespace {

using sys::Json, sys::text_of;

constexpr std::uint64_t largest = 1u << 30; // bytes; a gate that lists all its findings writes some MiB

const Json& part_of(const Json& object, const char* key) {
    static const Json none;
    const auto found = object.find(key);
    return found == object.end() ? none : *found;
}

std::uint64_t count_of(const Json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::optional<Verdict> verdict_of(std::string_view text) {
    for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::error})
        if (text == name_of(verdict)) return verdict;
    return std::nullopt;
}

std::uint64_t failures_of(const Json& gate) {
    const auto& tests = part_of(gate, "tests");
    const auto& findings = part_of(gate, "findings");
    return count_of(tests, "failed") + count_of(tests, "errors") + count_of(findings, "error") +
           count_of(findings, "warning") + count_of(findings, "note");
}

Result<Json> parse_object(std::string_view text, const std::string& tool) {
    auto json = TRY(sys::parse_json(text, kept_name(tool)));
    if (!json.is_object()) return no(fmt::format("{} is not a JSON object", kept_name(tool)));
    return json;
}

Kept kept_of(const Json& json, const std::string& tool) {
    Kept kept{.tool = tool, .verdict = verdict_of(text_of(json, "verdict"))};
    kept.decided = text_of(json, "decided");
    kept.error = text_of(part_of(json, "error"), "message");
    kept.commit = text_of(json, "commit");
    kept.is_own = text_of(json, "tool") == tool && part_of(json, "schema") == 1;
    kept.dirty = part_of(json, "dirty") == true;
    kept.environment = text_of(json, "environment");
    kept.release_commit = text_of(json, "release_commit");
    kept.release_digest = text_of(json, "release_digest");
    if (const auto& outputs = part_of(json, "outputs"); outputs.is_object())
        for (const auto& [name, value] : outputs.items())
            if (value.is_string()) kept.outputs[name] = value.get<std::string>();
    kept.version =
        tool == "tag" ? text_of(part_of(json, "labels"), "org.opencontainers.image.version") : kept.output("version");
    if (tool == "gate") kept.failures = failures_of(json);
    return kept;
}

}

std::string kept_name(std::string_view tool) { return std::string(tool) + ".json"; }

std::string Kept::output(const std::string& name) const {
    const auto found = outputs.find(name);
    return found == outputs.end() ? std::string() : found->second;
}

Result<Kept> parse_kept(std::string_view text, const std::string& tool) {
    const auto json = TRY(parse_object(text, tool));
    return kept_of(json, tool);
}

Result<sys::Root> make_ignored_folder(const std::string& folder, std::string_view name) {
    const auto tree = TRY(sys::Root::open(folder));
    TRY_VOID(tree.make_folders(".fairlead", 0755, sys::Links::refused));
    // What was found wrong is nobody else's on this host.
    auto out = TRY(tree.make_folders(name, 0700, sys::Links::refused));
    const auto ignore = TRY(out.inspect(".gitignore"));
    if (ignore.type == sys::FileType::absent) TRY_VOID(out.write(".gitignore", "*\n"));
    return out;
}

Result<sys::Root> make_kept_folder(const std::string& folder) { return make_ignored_folder(folder, kept_folder); }

Stamp stamp_of(const std::string& folder) {
    const auto repository = sys::Repository::open(folder);
    if (!repository) return {};
    const auto dirty = repository->is_dirty();
    return {repository->head_commit().value_or(""), dirty.ok() && dirty.value()};
}

Result<Stamped> stamp(std::string_view text, const std::string& tool, const Stamp& of) {
    auto json = TRY(parse_object(text, tool));
    Stamped stamped{kept_of(json, tool), {}};
    if (!of.commit.empty()) json["commit"] = of.commit;
    if (of.dirty) json["dirty"] = true;
    stamped.bytes = sys::dump_json(json, 1) + "\n";
    return stamped;
}

Result<Stamped> stamp_kept(const sys::Root& folder, const std::string& tool, const Stamp& of) {
    const auto text = TRY(folder.read(kept_name(tool), largest, sys::Links::refused));
    return stamp(text, tool, of);
}

}
