#include "scan/gitleaks/configuration.h"
#include "base/text.h"
#include "scan/gitleaks/toml_node.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace fairlead::scan::gitleaks {
namespace {

constexpr int most_extensions = 2; // one after another; gitleaks ignores the third one

using Pattern = std::shared_ptr<const GoPattern>;

Result<Pattern> read_pattern(const TomlNode& node) {
    const std::string text = TRY(node.text());
    if (text.empty()) return Pattern();
    auto pattern = GoPattern::compile(text);
    if (!pattern.ok()) return node.error(pattern.error().message);
    return Pattern(std::make_shared<GoPattern>(std::move(pattern).value()));
}

// All expressions as one: flags such as (?i) at the beginning of one count for those after it.
Result<Pattern> read_alternatives(const TomlNode& node) {
    const auto texts = TRY(node.texts());
    if (texts.empty()) return Pattern();
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (const auto one = GoPattern::compile(texts[i]); !one.ok()) return node.item(i).error(one.error().message);
    auto pattern = GoPattern::compile("(?:" + join(texts, "|") + ")");
    if (!pattern.ok()) return node.error(pattern.error().message);
    return Pattern(std::make_shared<GoPattern>(std::move(pattern).value()));
}

Result<std::vector<std::string>> read_lower(const TomlNode& node) {
    auto texts = TRY(node.texts());
    for (std::string& text : texts) text = lower(text);
    std::erase(texts, std::string()); // it would be in every text
    return texts;
}

Result<void> read_condition(const TomlNode& node, Allowlist& list) {
    const std::string given = TRY(node["condition"].text());
    const std::string condition = upper(given);
    list.all = condition == "AND" || condition == "&&";
    if (!list.all && !condition.empty() && condition != "OR" && condition != "||")
        return node["condition"].error("this condition is unknown; expected AND or OR");
    const std::string target = TRY(node["regexTarget"].text());
    if (target == "match")
        list.target = Allowlist::Target::match;
    else if (target == "line")
        list.target = Allowlist::Target::line;
    else if (!target.empty() && target != "secret")
        return node["regexTarget"].error(
            fmt::format("regexTarget '{}' is unknown; expected secret, match or line", target));
    return {};
}

Result<Allowlist> read_allowlist(const TomlNode& node) {
    Allowlist list;
    TRY_VOID(read_condition(node, list));
    list.commits = TRY(read_lower(node["commits"]));
    for (std::string& commit : list.commits) commit = trim(std::string(commit));
    list.stopwords = TRY(read_lower(node["stopwords"]));
    list.paths = TRY(read_alternatives(node["paths"]));
    list.regexes = TRY(read_alternatives(node["regexes"]));
    if (list.commits.empty() && list.stopwords.empty() && !list.paths && !list.regexes)
        return node.error("this allowlist is empty; give it commits, paths, regexes or stopwords");
    return list;
}

// The lists of a table: [[allowlists]], or [allowlist] as older versions write it.
Result<std::vector<TomlNode>> allowlists_of(const TomlNode& table) {
    const auto old = table["allowlist"];
    auto lists = TRY(table["allowlists"].tables());
    if (!old.present()) return lists;
    if (!lists.empty())
        return old.error("[allowlist] and [[allowlists]] can't be used together; write [[allowlists]] only");
    return old.tables();
}

Result<std::vector<Required>> read_required(const TomlNode& node) {
    std::vector<Required> all;
    for (const TomlNode& each : TRY(node.tables())) {
        Required required;
        required.id = TRY(each["id"].text());
        if (required.id.empty()) return each.error("this required rule has no id; write id = \"…\"");
        if (each["withinLines"].present()) required.within_lines = TRY(each["withinLines"].whole());
        if (each["withinColumns"].present()) required.within_columns = TRY(each["withinColumns"].whole());
        all.push_back(std::move(required));
    }
    return all;
}

Result<Rule> read_rule(const TomlNode& node) {
    Rule rule;
    rule.id = TRY(node["id"].text());
    rule.description = TRY(node["description"].text());
    rule.path = TRY(read_pattern(node["path"]));
    rule.regex = TRY(read_pattern(node["regex"]));
    rule.secret_group = TRY(node["secretGroup"].whole());
    rule.entropy = TRY(node["entropy"].number());
    rule.keywords = TRY(read_lower(node["keywords"]));
    rule.tags = TRY(node["tags"].texts());
    rule.skip_report = TRY(node["skipReport"].truth());
    rule.required = TRY(read_required(node["required"]));
    for (const TomlNode& each : TRY(allowlists_of(node))) {
        auto list = TRY(read_allowlist(each));
        rule.allowlists.push_back(std::move(list));
    }
    return rule;
}

// A rule as it stands in a file, for errors that are only known when all files are read.
struct Placed {
    Rule rule;
    TomlNode node;
};

// One file with those that it extends. Nodes point into `roots`.
struct Reading {
    const ReadFile& read;
    std::vector<std::unique_ptr<std::pair<sys::Json, sys::TomlPlaces>>> roots = {};
    std::vector<std::string> warnings = {};
};

struct Layer {
    std::vector<Placed> rules;
    Allowlists allowlists;
    std::vector<std::pair<TomlNode, Allowlist>> targeted; // with the list of their rules
    bool built_in = false, extended = false;
    std::set<std::string, std::less<>> without; // built-in rules that are switched off

    Placed* find(std::string_view id) {
        const auto found = std::find_if(rules.begin(), rules.end(), [&](const Placed& p) { return p.rule.id == id; });
        return found == rules.end() ? nullptr : &*found;
    }
};

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

// What a rule of the same id, in a file that extends it, makes of a rule.
Rule merged(Rule base, const Rule& change) {
    if (!change.description.empty()) base.description = change.description;
    if (change.entropy != 0) base.entropy = change.entropy;
    if (change.secret_group != 0) base.secret_group = change.secret_group;
    if (change.regex) base.regex = change.regex;
    if (change.path) base.path = change.path;
    append(base.tags, change.tags);
    append(base.keywords, change.keywords);
    append(base.allowlists, change.allowlists);
    return base;
}

void extend(Layer& layer, Layer base, const std::vector<std::string>& disabled, Reading& reading) {
    layer.extended = true;
    layer.built_in = base.built_in;
    layer.without = std::move(base.without);
    for (const std::string& id : disabled) {
        if (!base.find(id) && !(base.built_in && find_rule(id)))
            reading.warnings.push_back(fmt::format("disabledRules: there is no rule '{}' in what is extended", id));
        layer.without.insert(id);
    }
    for (Placed& placed : base.rules) {
        if (std::find(disabled.begin(), disabled.end(), placed.rule.id) != disabled.end()) continue;
        if (Placed* own = layer.find(placed.rule.id))
            own->rule = merged(std::move(placed.rule), own->rule);
        else
            layer.rules.push_back(std::move(placed));
    }
    append(layer.allowlists, base.allowlists);
}

Result<Layer> read_layer(std::string_view text, const std::string& file, int depth, Reading& reading);

Result<void> read_extension(const TomlNode& node, int depth, Layer& layer, Reading& reading) {
    const std::string path = TRY(node["path"].text());
    const bool built_in = TRY(node["useDefault"].truth());
    const auto disabled = TRY(node["disabledRules"].texts());
    if (depth == most_extensions || (path.empty() && !built_in)) return {};
    if (!path.empty() && built_in)
        return node.error("extend.path and extend.useDefault can't be used together; choose one");
    Layer base;
    base.built_in = built_in;
    if (!path.empty()) {
        const auto text = reading.read(path);
        if (!text.ok()) return node["path"].error(text.error().message);
        if (text.value().empty())
            return node["path"].error(fmt::format("{} does not exist, or is empty; gitleaks looks for it from the "
                                                  "current folder",
                                                  path));
        base = TRY(read_layer(text.value(), path, depth + 1, reading));
    }
    extend(layer, std::move(base), disabled, reading);
    return {};
}

Result<void> read_rules(const TomlNode& root, Layer& layer) {
    for (const TomlNode& node : TRY(root["rules"].tables())) {
        Rule rule = TRY(read_rule(node));
        if (Placed* before = layer.find(rule.id))
            *before = {std::move(rule), node};
        else
            layer.rules.push_back({std::move(rule), node});
    }
    for (const Placed& placed : layer.rules)
        for (const Required& required : placed.rule.required)
            if (!layer.find(required.id))
                return placed.node["required"].error(
                    fmt::format("the required rule '{}' is not in this file; add it, or correct the id", required.id));
    return {};
}

Result<void> read_allowlists(const TomlNode& root, int depth, Layer& layer) {
    for (const TomlNode& node : TRY(allowlists_of(root))) {
        Allowlist list = TRY(read_allowlist(node));
        const auto targets = TRY(node["targetRules"].texts());
        if (targets.empty())
            layer.allowlists.push_back(std::move(list));
        else if (depth == 0) // gitleaks drops those of an extended file
            layer.targeted.emplace_back(node, std::move(list));
    }
    return {};
}

Result<Layer> read_layer(std::string_view text, const std::string& file, int depth, Reading& reading) {
    auto parsed = sys::parse_toml_places(text, file);
    if (!parsed.ok()) return usage(parsed.error().message, parsed.error().place);
    reading.roots.push_back(std::make_unique<std::pair<sys::Json, sys::TomlPlaces>>(std::move(parsed).value()));
    const auto& [value, places] = *reading.roots.back();
    const TomlNode root(&value, "", places);
    Layer layer;
    TRY_VOID(read_rules(root, layer));
    TRY_VOID(read_allowlists(root, depth, layer));
    TRY_VOID(read_extension(root["extend"], depth, layer, reading));
    return layer;
}

Result<void> check(const Placed& placed) {
    const Rule& rule = placed.rule;
    if (trim(std::string_view(rule.id)).empty()) return placed.node.error("this rule has no id; write id = \"…\"");
    if (!rule.regex && !rule.path)
        return placed.node.error(fmt::format("rule '{}' has neither regex nor path; add one of them", rule.id));
    if (rule.regex && rule.secret_group > rule.regex->group_count())
        return placed.node["secretGroup"].error(fmt::format("rule '{}' has secretGroup {}, and its regex has {} groups",
                                                            rule.id, rule.secret_group, rule.regex->group_count()));
    return {};
}

// What a file says of a built-in rule. With a regex it takes the rule's place.
Result<void> change_built_in(Placed placed, Configuration& configuration, Reading& reading) {
    const scan::Rule* known = find_rule(placed.rule.id);
    if (placed.rule.regex) {
        for (const std::string_view keyword : known ? std::span(known->keywords) : std::span<const std::string_view>())
            if (!keyword.empty()) placed.rule.keywords.emplace_back(keyword);
        if (known && placed.rule.description.empty()) placed.rule.description = known->title;
        TRY_VOID(check(placed));
        std::erase(configuration.built_in, known);
        configuration.rules.push_back(std::move(placed.rule));
        return {};
    }
    if (!known && placed.rule.path) {
        configuration.rules.push_back(std::move(placed.rule));
    } else if (known) {
        configuration.changed.emplace(placed.rule.id, std::move(placed.rule));
    } else { // gitleaks may have it
        reading.warnings.push_back(
            fmt::format("rule '{}' is not built in, so what the file says of it has no effect", placed.rule.id));
    }
    return {};
}

Result<void> target(const TomlNode& node, const Allowlist& list, Configuration& configuration, Reading& reading,
                    bool built_in) {
    for (const std::string& id : TRY(node["targetRules"].texts())) {
        const auto rule = std::find_if(configuration.rules.begin(), configuration.rules.end(),
                                       [&](const Rule& each) { return each.id == id; });
        if (rule != configuration.rules.end()) {
            rule->allowlists.push_back(list);
        } else if (built_in && find_rule(id)) {
            configuration.changed[id].allowlists.push_back(list);
        } else if (built_in) {
            reading.warnings.push_back(fmt::format("targetRules: there is no rule '{}'", id));
        } else {
            return node["targetRules"].error(fmt::format("there is no rule '{}'; correct the id", id));
        }
    }
    return {};
}

}

bool Allowlist::allows_commit(std::string_view commit) const {
    return std::find(commits.begin(), commits.end(), lower(commit)) != commits.end();
}

bool Allowlist::allows_path(std::string_view path) const { return paths && !path.empty() && paths->matches(path); }

bool Allowlist::allows_text(std::string_view text) const { return regexes && !text.empty() && regexes->matches(text); }

bool Allowlist::allows_word(std::string_view secret) const {
    const std::string text = lower(secret);
    return std::any_of(stopwords.begin(), stopwords.end(),
                       [&](const std::string& word) { return !text.empty() && text.find(word) != text.npos; });
}

const Rule* Configuration::find(std::string_view id) const {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.id == id; });
    return found == rules.end() ? nullptr : &*found;
}

Result<Configuration> read_configuration(std::string_view text, const std::string& file, const ReadFile& read) {
    Reading reading{read};
    Layer layer = TRY(read_layer(text, file, 0, reading));
    Configuration configuration;
    configuration.allowlists = std::move(layer.allowlists);
    for (const scan::Rule* rule : scan::rules())
        if (layer.built_in && !layer.without.contains(rule->id)) configuration.built_in.push_back(rule);
    for (Placed& placed : layer.rules) {
        if (layer.built_in) {
            TRY_VOID(change_built_in(std::move(placed), configuration, reading));
            continue;
        }
        TRY_VOID(check(placed));
        configuration.rules.push_back(std::move(placed.rule));
    }
    for (const auto& [node, list] : layer.targeted)
        TRY_VOID(target(node, list, configuration, reading, layer.built_in));
    configuration.warnings = std::move(reading.warnings);
    configuration.extended = layer.extended;
    configuration.file = file;
    return configuration;
}

Configuration built_in_configuration() {
    Configuration configuration;
    configuration.built_in.assign(scan::rules().begin(), scan::rules().end());
    return configuration;
}

Result<void> keep_rules(Configuration& configuration, const std::vector<std::string>& ids) {
    const auto is_kept = [&](std::string_view id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); };
    for (const std::string& id : ids)
        if (!configuration.find(id) && std::none_of(configuration.built_in.begin(), configuration.built_in.end(),
                                                    [&](const scan::Rule* rule) { return rule->id == id; }))
            return usage(fmt::format("rule '{}' is not in the configuration; correct the id", id));
    std::erase_if(configuration.rules, [&](const Rule& rule) { return !is_kept(rule.id); });
    std::erase_if(configuration.built_in, [&](const scan::Rule* rule) { return !is_kept(rule->id); });
    return {};
}

}
