#include "preflight/judge.h"
#include "base/path.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/rows/row.h"
#include "report/rules.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <tuple>
#include <type_traits>

namespace fairlead::preflight {

namespace {

bool names(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// preflight/docker-apt is docker-apt: so waivers call it.
std::vector<std::string> plain(std::vector<std::string> ids) {
    for (auto& id : ids)
        if (id.starts_with("preflight/")) id.erase(0, 10);
    return ids;
}

}

bool is_asked(const Asked& asked, std::string_view rule) {
    if (names(plain(asked.skip), rule)) return false;
    if (!asked.groups.empty() && !names(asked.groups, group_of(rule))) return false;
    return asked.only.empty() || names(plain(asked.only), rule);
}

bool asks_host(const Asked& asked) {
    const auto is_named = [&](const Rule& rule) {
        return group_of(rule.id) == "host" && is_asked(asked, rule.id) && !(asked.groups.empty() && asked.only.empty());
    };
    const auto all = all_rules();
    return std::any_of(all.begin(), all.end(), is_named);
}

bool asks_all(const Asked& asked) {
    return asked.only.empty() && asked.skip.empty() && asked.groups.empty() && asked.severity == Level::info;
}

std::vector<std::string> groups_asked(const Asked& asked, const Project& project) {
    std::vector<std::string> groups;
    if (asked.only.empty() && asked.groups.empty()) return groups;
    for (const Rule* rule : rules_with(project.settings.own_rules.get()))
        if (is_asked(asked, rule->id) && !names(groups, group_of(rule->id))) groups.emplace_back(group_of(rule->id));
    return groups;
}

namespace {

class HitJudge {
  public:
    HitJudge(const Project& project, const Asked& asked) : project_(project), asked_(asked) {
        asked_.only = plain(asked.only);
        asked_.skip = plain(asked.skip);
    }

    void ask(const Rule& rule) {
        if (!is_asked(asked_, rule.id)) return;
        std::visit([&](auto check) { run(rule, check); }, rule.check);
    }
    std::vector<Judged> take() { return std::move(found_); }

  private:
    // What fairlead.yml says of the rule, else the row; whoever names a rule that is off wants it.
    Level level_in(const Rule& rule, Profile profile) const {
        const auto set = project_.settings.rules.find(std::string(rule.id));
        if (set != project_.settings.rules.end()) return report::level_named(set->second).value_or(Level::off);
        const auto level = rule.levels.of(profile);
        const bool wakes = asked_.wakes_in_development || rule.levels.of(project_.profile) == Level::off;
        return level == Level::off && wakes && names(asked_.only, rule.id) ? Level::warning : level;
    }

    bool is_own(const Rule& rule) const {
        const auto* own = project_.settings.own_rules.get();
        return own && std::any_of(own->rules.begin(), own->rules.end(), [&](const Rule& one) { return &one == &rule; });
    }

    // A file of development, or of a milder environment than the one that is asked about, doesn't go there: its errors
    // are warnings. Where that is in doubt, a file that can't be read stays an error.
    Level capped(const Rule& rule, Level level, Profile profile, bool is_doubtful) const {
        const bool reads = rule.id.ends_with("-syntax") || rule.id.ends_with("-schema");
        const bool is_capped = profile == Profile::development || profile < project_.profile || (is_doubtful && !reads);
        return is_capped ? std::min(level, Level::warning) : level;
    }

    void keep(const Rule& rule, Level level, std::optional<Profile> of_subject, Hits hits, bool is_doubtful = false,
              bool is_unproven = false) {
        // What fairlead.yml says counts as it is said, also of a rule of its own.
        const bool set = project_.settings.rules.contains(std::string(rule.id)), own = is_own(rule);
        for (auto& hit : hits.take()) {
            const bool is_page = hit.file.ends_with(".md"); // in docs/ it is no sample
            const auto by_name = is_page ? std::nullopt : profile_of(hit.file);
            const auto profile = of_subject ? *of_subject : by_name.value_or(project_.profile);
            const bool doubtful = (is_doubtful || project_.doubtful.contains(hit.file)) && !hit.sure;
            const auto said = set ? level : hit.level.value_or(level);
            const auto proven = set || own ? said : capped(rule, said, profile, doubtful);
            // Whoever asks about the host says that the project runs there.
            const bool unproven =
                (is_unproven || project_.unproven.contains(hit.file)) && !hit.sure && group_of(rule.id) != "host";
            const auto counts = set || own ? said : capped(rule, proven, profile, unproven);
            if (counts == Level::off || counts < asked_.severity) continue;
            const bool has_place =
                !hit.file.empty() && !hit.file.starts_with('(') && hit.file.find("://") == hit.file.npos;
            if (has_place && project_.in_scope && !project_.in_scope(hit.file)) continue;
            hit.message = hide_credentials(hit.message); // whatever a rule quotes of the user's
            // A file that several others include is read with each of them: the gravest of its uses counts.
            const auto [told, is_new] =
                told_.try_emplace({&rule, hit.file, hit.line, hit.column, hit.message}, found_.size());
            if (is_new)
                found_.push_back({&rule, std::move(hit), counts, counts < proven});
            else
                found_[told->second].level = std::max(found_[told->second].level, counts);
        }
    }

    void run(const Rule& rule, CheckProject check) {
        const auto level = level_in(rule, project_.profile);
        if (level == Level::off) return;
        Hits hits;
        if (project_.django && group_of(rule.id) == "django") {
            const auto [first, last] = project_.django->equal_range(rule.id);
            for (auto one = first; one != last; ++one) hits.add("", 0, 0, "") = one->second;
        } else {
            check(project_, hits);
        }
        keep(rule, level, {}, std::move(hits));
    }
    void run(const Rule& rule, const RuleRow* row) {
        constexpr Profile profiles[] = {Profile::development, Profile::staging, Profile::production};
        const auto is_off = [&](Profile profile) { return level_in(rule, profile) == Level::off; };
        if (std::all_of(std::begin(profiles), std::end(profiles), is_off)) return;
        ask_row(*row, project_, [&](Profile profile, Hits hits) {
            const auto level = level_in(rule, profile);
            if (level != Level::off) keep(rule, level, profile, std::move(hits));
        });
    }
    template <typename Subject>
    void run(const Rule& rule, CheckOf<Subject> check) {
        for (const Subject& subject : subjects<Subject>()) {
            const auto profile = profile_for(subject);
            const auto level = level_in(rule, profile);
            if (level == Level::off) continue;
            Hits hits;
            check(subject, project_, hits);
            keep(rule, level, profile, std::move(hits), is_doubtful(subject), is_unproven(subject));
        }
    }

    template <typename Subject>
    const std::vector<Subject>& subjects() const;
    // A stage, or a Dockerfile with a name of its own, that a doubtful compose file builds: nobody says who else does.
    // What a compose file includes is as unproven as the file.
    template <typename Subject>
    bool is_unproven(const Subject& subject) const {
        if constexpr (std::is_same_v<Subject, Compose>)
            return std::all_of(subject.files.begin(), subject.files.end(), [&](const std::string& file) {
                return project_.unproven.contains(file) || project_.doubtful.contains(file);
            });
        else
            return false;
    }
    template <typename Subject>
    bool is_doubtful(const Subject& subject) const {
        if constexpr (requires { subject.compose_file; })
            return project_.doubtful.contains(subject.compose_file) &&
                   profile_of(file_name(subject.file)) != Profile::production &&
                   (!subject.target.empty() || lower(file_name(subject.file)) != "dockerfile");
        else
            return false;
    }
    template <typename Subject>
    Profile profile_for(const Subject& subject) const {
        if constexpr (requires { subject.profile; })
            return subject.profile;
        else
            return project_.profile;
    }

    const Project& project_;
    Asked asked_;
    std::vector<Judged> found_;
    std::map<std::tuple<const Rule*, std::string, int, int, std::string>, std::size_t> told_; // where of `found_`
};

template <>
const std::vector<EnvFile>& HitJudge::subjects() const {
    return project_.env_files;
}
template <>
const std::vector<EnvValues>& HitJudge::subjects() const {
    return project_.values;
}
template <>
const std::vector<Dockerfile>& HitJudge::subjects() const {
    return project_.dockerfiles;
}
template <>
const std::vector<Compose>& HitJudge::subjects() const {
    return project_.composes;
}
template <>
const std::vector<Nginx>& HitJudge::subjects() const {
    return project_.nginxes;
}
template <>
const std::vector<Kube>& HitJudge::subjects() const {
    return project_.kubes;
}
template <>
const std::vector<Workflow>& HitJudge::subjects() const {
    return project_.workflows;
}
template <>
const std::vector<Unit>& HitJudge::subjects() const {
    return project_.units;
}
template <>
const std::vector<Site>& HitJudge::subjects() const {
    return project_.sites;
}

}

Result<void> check_rules(const std::vector<std::string>& ids, std::string_view by, const RuleRows* own) {
    std::vector<std::string> known;
    for (const Rule* rule : rules_with(own)) known.emplace_back(rule->id);
    for (const auto& id : plain(ids)) {
        if (find_rule(id, own)) continue;
        return usage(fmt::format("{}: {}", by, report::unknown_rule("preflight", id, known)));
    }
    return {};
}

std::vector<Judged> judge(const Project& project, const Asked& asked) {
    HitJudge judge(project, asked);
    for (const Rule* rule : rules_with(project.settings.own_rules.get())) judge.ask(*rule);
    return judge.take();
}

Result<void> check_asked(const Asked& asked, const RuleRows* own) {
    TRY_VOID(check_rules(asked.only, "--only", own));
    TRY_VOID(check_rules(asked.skip, "--skip", own));
    const auto all = rules_with(own);
    std::vector<std::string> groups;
    for (const Rule* rule : all)
        if (!names(groups, group_of(rule->id))) groups.emplace_back(group_of(rule->id));
    for (const auto& group : asked.groups)
        if (!names(groups, group))
            return usage(fmt::format("--group: '{}' is unknown; expected {}", group, one_of(groups)));
    if (std::none_of(all.begin(), all.end(), [&](const Rule* rule) { return is_asked(asked, rule->id); }))
        return usage("these flags leave no rule to check; remove something from --only, --skip or --group");
    return {};
}

}
