#include "config/milder.h"
#include "base/text.h"
#include "config/document.h"
#include "sys/files/log.h"
#include "sys/git/repository.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::config {
namespace {

using When = Milder::When;

std::string_view verb(When when) {
    switch (when) {
    case When::higher: return "raises";
    case When::lower: return "lowers";
    case When::added: return "adds to";
    case When::removed: return "removes from";
    case When::set: return "sets";
    case When::unset: return "removes";
    case When::altered:
    case When::changed: return "alters";
    case When::narrowed: return "narrows";
    }
    return "alters";
}

// What a value says in its own kind of measure; of a text that has none only whether it is the same can be told.
struct Measure {
    enum class Kind { number, share, duration, size, none, off, text } kind = Kind::text;
    double value = 0;
};

Measure measure(const std::string& text) {
    using Kind = Measure::Kind;
    if (text.empty()) return {Kind::none};
    if (text == "off") return {Kind::off};
    if (const auto number = parse_number(text); number.ok()) return {Kind::number, number.value()};
    if (text.ends_with('%'))
        if (const auto share = parse_number(text.substr(0, text.size() - 1)); share.ok())
            return {Kind::share, share.value()};
    if (const auto time = parse_duration(text); time.ok())
        return {Kind::duration, static_cast<double>(time.value().count())};
    if (const auto size = parse_size(text); size.ok()) return {Kind::size, static_cast<double>(size.value())};
    return {Kind::text};
}

// `off` is milder than no limit, which is milder than any; two kinds that can't be compared are told.
bool is_milder(const std::string& before, const std::string& now, When when) {
    using Kind = Measure::Kind;
    if (before == now) return false;
    const Measure old = measure(before), fresh = measure(now);
    const auto rank = [](const Measure& one) { return one.kind == Kind::off ? 2 : one.kind == Kind::none ? 1 : 0; };
    if (rank(old) != rank(fresh)) return rank(fresh) > rank(old);
    if (old.kind != fresh.kind || old.kind == Kind::text) return true;
    return when == When::higher ? fresh.value > old.value : fresh.value < old.value;
}

bool is_on(const Value& value) {
    return value.present() && !(value.is_scalar() && (value.text() == "false" || value.text().empty()));
}

// By what an item of a list is known again: the word itself, its name, id or path, or its first key.
std::string identity(const Value& item) {
    if (!item.is_map()) return item.json();
    for (const std::string_view key : {"name", "id", "path"})
        if (item[key].present()) return item[key].text();
    const auto entries = item.entries();
    return entries.empty() ? std::string() : entries.front().first + ' ' + entries.front().second.json();
}

std::vector<std::pair<std::string, Value>> children(const Value& value) {
    if (value.is_map()) return value.entries();
    std::vector<std::pair<std::string, Value>> all;
    for (const Value& item : value.items()) all.emplace_back(identity(item), item);
    return all;
}

const Value* find(const std::vector<std::pair<std::string, Value>>& all, const std::string& name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == name; });
    return found == all.end() ? nullptr : &found->second;
}

std::set<std::string> items(const Value& value) {
    std::set<std::string> all;
    for (const Value& item : value.items()) all.insert(item.json());
    return all;
}

class Comparison {
  public:
    Comparison(std::string_view tool, std::vector<report::Finding>& findings) : tool_(tool), findings_(findings) {}

    // `near`: the innermost value of the new file on the way to the key, for the place of what is gone.
    void walk(const Milder& row, std::string_view rest, const Value& before, const Value& now, const Value& near) {
        if (rest.empty()) return compare(row, before, now, now.present() ? now : near);
        const auto dot = rest.find('.');
        const auto name = rest.substr(0, dot);
        const auto further = dot == rest.npos ? std::string_view() : rest.substr(dot + 1);
        if (name != "*") return walk(row, further, before[name], now[name], now[name].present() ? now[name] : near);
        const auto old = children(before), fresh = children(now);
        for (const auto& [key, value] : old) {
            const Value* same = find(fresh, key);
            if (same) walk(row, further, value, *same, *same);
            if (!same && further.empty() && row.when == When::removed) tell(row, near, row.when);
        }
        for (const auto& [key, value] : fresh)
            if (further.empty() && row.when == When::added && !find(old, key)) tell(row, value, row.when);
    }
    void tell(const Place& place, std::string message) {
        const bool known = std::any_of(findings_.begin(), findings_.end(), [&](const report::Finding& one) {
            return one.file == place.file && one.line == place.line && one.message == message;
        });
        if (known) return;
        findings_.push_back({.rule = fmt::format("{}/silenced", tool_.empty() ? "fairlead" : tool_),
                             .severity = report::Severity::warning,
                             .file = place.file,
                             .line = place.line,
                             .message = std::move(message)});
    }

  private:
    void compare(const Milder& row, const Value& before, const Value& now, const Value& near) {
        const auto old = items(before), fresh = items(now);
        const auto lost = [&] { return !std::includes(fresh.begin(), fresh.end(), old.begin(), old.end()); };
        bool milder = false;
        switch (row.when) {
        case When::higher:
        case When::lower: milder = is_milder(before.text(row.absent), now.text(row.absent), row.when); break;
        case When::added:
            for (const Value& item : now.items())
                if (!old.contains(item.json())) tell(row, item, row.when);
            return;
        case When::removed: milder = before.present() && !now.present(); break;
        case When::set: milder = is_on(now) && !is_on(before); break;
        case When::unset: milder = is_on(before) && !is_on(now); break;
        case When::altered: milder = before.present() && before.json() != now.json(); break;
        case When::changed: milder = before.json() != now.json(); break;
        case When::narrowed: milder = now.present() && (!before.present() || lost()); break;
        }
        const bool gone = !now.present() && row.absent.empty();
        if (milder) tell(row, near, gone && row.when != When::removed ? When::unset : row.when);
    }
    void tell(const Milder& row, const Value& at, When how) {
        std::string key(row.key);
        if (key.ends_with(".*")) key.resize(key.size() - 2);
        tell(at.place(), fmt::format("this change {} {}'s {}", verb(how), tool_.empty() ? "fairlead.yml" : tool_, key));
    }

    std::string_view tool_;
    std::vector<report::Finding>& findings_;
};

void compare_waivers(const Config& before, const Config& now, std::string_view tool, Comparison& comparison) {
    const auto known = items(before.root()["waivers"]);
    for (const Value& waiver : now.root()["waivers"].items())
        if (waiver["rule"].text().starts_with(std::string(tool) + "/") && !known.contains(waiver.json()))
            comparison.tell(waiver.place(), fmt::format("this change adds or alters a waiver of {}", tool));
}

bool has_section(const Config& config, std::string_view tool) {
    if (tool.empty() || config.root()[tool].present()) return config.present();
    const auto names = config.environments();
    return std::any_of(names.begin(), names.end(),
                       [&](const auto& name) { return config.environment(name)[tool].present(); });
}

// A nearer file takes the place of the one that counted, or its removal gives way to a farther one.
std::optional<report::Finding> other_file(const Config& before, const Config& now, std::string_view tool,
                                          const std::string& folder, const std::string& was) {
    const bool other = !folder.empty() && before.present() && now.present() && before.folder() != now.folder();
    if (!other || !(has_section(before, tool) || has_section(now, tool))) return std::nullopt;
    std::vector<report::Finding> findings;
    Comparison comparison(tool, findings);
    comparison.tell(Place{now.file(), 1, 0, ""}, fmt::format("this change makes this file count instead of {}", was));
    return std::move(findings.front());
}

Result<Config> file_before(const sys::Repository& repository, const std::string& commit, const Config& now,
                           const std::string& folder) {
    return folder.empty() ? config_at(repository, commit, path_in(repository, now))
                          : nearest_at(repository, commit, folder);
}

}

Result<std::string> commit_before(const Change& change, const sys::Repository& repository) {
    if (!is_commit_id(change.base) || is_no_commit(change.base)) return std::string();
    auto base = TRY(base_in_clone(change, repository));
    const auto head = repository.head_commit();
    if (!change.of_two_commits || !head) return base;
    return repository.merge_base(base, *head).value_or(std::nullopt).value_or(base);
}

std::vector<report::Finding> milder(const Config& before, const Config& now, std::string_view tool,
                                    std::span<const Milder> rows) {
    std::vector<report::Finding> findings;
    Comparison comparison(tool, findings);
    if (!has_section(before, tool) && !has_section(now, tool) && !now.root()["waivers"].present()) return findings;
    if (!now.present()) {
        comparison.tell(Place{before.file(), 1, 0, ""}, "this change removes the file");
        return findings;
    }
    const auto section = [&](const Config& config, const std::string& environment) {
        return tool.empty() ? config.root() : config.section(tool, environment);
    };
    auto environments = tool.empty() ? std::vector<std::string>() : before.environments();
    if (!tool.empty())
        for (auto& name : now.environments()) environments.push_back(std::move(name));
    environments.insert(environments.begin(), std::string());
    for (const auto& name : environments)
        for (const Milder& row : rows) {
            if (row.key.starts_with("environments.") || row.key.starts_with("evidence.")) {
                if (name.empty()) comparison.walk(row, row.key, before.root(), now.root(), now.root());
                continue;
            }
            const Value fresh = section(now, name);
            comparison.walk(row, row.key, section(before, name), fresh, fresh.present() ? fresh : now.root());
        }
    compare_waivers(before, now, tool, comparison); // last: the most that can be written of them must hide nothing
    return findings;
}

std::vector<report::Finding> milder_by(const Change& change, const Config& now, const std::string& folder,
                                       std::string_view tool, std::span<const Milder> rows) {
    if (change.foreign || change.base.empty()) return {};
    const auto repository = sys::Repository::open(now.present() ? now.folder() : ".");
    if (!repository.ok()) return {};
    const auto path = path_in(repository.value(), now);
    if (path.empty()) return {};
    const auto commit = commit_before(change, repository.value());
    if (!commit.ok() && !change.forced)
        sys::log_info(fmt::format("it can't be determined which checks {} weakens: commit {} is not in this clone; "
                                  "check out with fetch-depth: 0",
                                  change.about, change.base));
    if (!commit.ok() || commit->empty()) return {};
    const auto before = file_before(repository.value(), commit.value(), now, folder);
    const auto written = as_written(now); // without what variables filled in
    if (!before.ok() || !written.ok()) return {};
    auto findings = milder(before.value(), written.value(), tool, rows);
    if (auto replaced = other_file(before.value(), now, tool, folder, path_in(repository.value(), before.value())))
        findings.insert(findings.begin(), std::move(*replaced));
    for (auto& finding : findings) finding.file = path; // from the repository's root, as others are
    return findings;
}

Result<std::optional<Config>> before_merge(const Change& change, const Config& now, const std::string& folder) {
    if (change.foreign || !change.of_two_commits || change.event == "merge_group") return std::optional<Config>();
    const auto repository = TRY(sys::Repository::open(now.present() ? now.folder() : "."));
    if (path_in(repository, now).empty()) return std::optional<Config>();
    const auto commit = TRY(commit_before(change, repository));
    if (commit.empty()) return std::optional(Config());
    auto before = TRY(file_before(repository, commit, now, folder));
    return std::optional(std::move(before));
}

}
