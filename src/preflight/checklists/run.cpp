#include "preflight/checklists/run.h"
#include "base/printable.h"
#include "base/shell.h"
#include "base/text.h"
#include "preflight/checklists/author.h"
#include "preflight/checklists/clock.h"
#include "preflight/checklists/evidence.h"
#include "preflight/checklists/left_over.h"
#include "preflight/checklists/rules.h"
#include "preflight/checklists/signers.h"
#include "preflight/checklists/tell.h"
#include "preflight/host/machine.h"
#include "preflight/report.h"
#include "preflight/wanted.h"
#include "preflight/word.h"
#include "sys/clock.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

ItemPhase phase_named(std::string_view name) {
    return name == "after" ? ItemPhase::after : name == "drill" ? ItemPhase::drill : ItemPhase::before;
}

class Walk {
  public:
    Walk(const Request& request, const Surroundings& around, Settings settings)
        : request_(request), around_(around), wanted_(wanted_of(request, around, std::move(settings))) {}

    Result<report::Report> of(const std::string& name) {
        auto looked = TRY(look(wanted_));
        looked_.emplace(std::move(looked));
        word_.emplace(*looked_, around_);
        const auto list = TRY(load(name, request_.listed.imported));
        if (request_.listed.count) return tell_count(list);
        const auto judged = TRY(judge(list));
        const auto by = request_.listed.group_by == "refs" ? GroupBy::refs : GroupBy::section;
        auto report = tell(judged, by);
        TRY_VOID(add_required(list, {name}, report));
        report.looked.unread = unread_of(looked_->project);
        report::sort_findings(report.findings);
        return report;
    }

  private:
    ReadPolicy reader() const {
        return [this](const std::string& path) { return word_->file(path); };
    }

    Result<Checklist> load(const std::string& name, const std::vector<std::string>& imported) const {
        const auto path = fmt::format("{}/{}.yml", checklists_folder, name);
        const auto theirs = TRY(word_->file(path));
        const bool is_there = theirs.has_value() || !builtin_text(name).empty();
        Checklist list;
        list.name = list.title = name;
        if (is_there || imported.empty()) list = TRY(load_checklist(name, reader()));
        for (const auto& file : imported) {
            const auto from_root = looked_->root.relative(sys::Path(std::filesystem::current_path()) / file);
            const auto text = from_root ? TRY(word_->file(*from_root)) : std::optional<std::string>();
            if (!text) return usage(fmt::format("--import: '{}' is not a file of this project", one_line(file)));
            import_markdown(*text, *from_root, list);
        }
        return list;
    }

    Asking asking() const {
        const auto file = around_.config.file();
        return {around_.config.present() ? around_.config.folder() : looked_->root.path().string(),
                file.empty() ? std::string() : sys::Path(file).filename().string(), request_.environment};
    }

    // What the items rest on is asked once for all of them.
    Result<JudgedList> judge(const Checklist& list) {
        const auto phase = phase_named(request_.listed.phase);
        std::optional<bool> deployed;
        Around at{looked_->project, around_.config, request_.environment, wanted_.profile, [&] {
                      if (!deployed) deployed = ask_deployed(asking());
                      return *deployed;
                  }};
        Seen seen = TRY(signed_things(list));
        std::vector<const Item*> items, to_prove;
        for (const Item& item : list.items) {
            if (item.phase != phase) continue;
            items.push_back(&item);
            const auto found = seen.signoffs.find(item.id);
            const bool is_na = found != seen.signoffs.end() && found->second.verdict == "na";
            if (item.kind != ItemKind::manual && !is_na && reason_against(item, at).empty()) to_prove.push_back(&item);
        }
        if (items.empty() && !list.items.empty())
            return usage(fmt::format("checklist {} has no item of phase {}; run it with `--count` to see its phases",
                                     list.name, request_.listed.phase));
        TRY_VOID(ask_rules(to_prove, seen));
        seen.ran = TRY(run_commands(to_prove, asking()));
        JudgedList judged{list,
                          phase,
                          request_.environment,
                          std::string(config::name_of(wanted_.profile)),
                          format_utc(wanted_.now).substr(0, 10),
                          {},
                          seen.signers.names};
        for (const Item* item : items) judged.outcomes.push_back(judge_item(list, *item, at, seen));
        judged.findings = left_over(list, seen.signoffs);
        add_if_nothing_was_asked(judged);
        if (auto late = clock_behind(word_->repository(), wanted_.now); !late.empty()) {
            const bool forbids = wanted_.profile == config::Profile::production;
            judged.findings.push_back(
                {.rule = "check-clock",
                 .severity = forbids ? report::Severity::error : report::Severity::warning,
                 .message = late + ": nobody can know which sign-offs have expired; set the clock"});
        }
        return judged;
    }

    // An empty list is a no everywhere; where no item applies, in production.
    void add_if_nothing_was_asked(JudgedList& judged) const {
        const auto& all = judged.outcomes;
        if (std::any_of(all.begin(), all.end(),
                        [](const Outcome& one) { return one.state != ItemState::not_applicable; }))
            return;
        const bool forbids = all.empty() || wanted_.profile == config::Profile::production;
        const auto fact = all.empty() ? std::string("it has no items, and no open point (- [ ] text) was imported")
                                      : fmt::format("none of its {} items applies here", all.size());
        judged.findings.push_back(
            {.rule = "check-nothing",
             .severity = forbids ? report::Severity::error : report::Severity::warning,
             .message = fmt::format("checklist {} checked nothing: {}; add items that apply, or remove the list",
                                    one_line(judged.list.name), fact)});
    }

    Result<Seen> signed_things(const Checklist& list) const {
        const auto path = signoffs_path(list.name);
        Seen seen;
        seen.now = wanted_.now;
        const auto text = TRY(word_->policy(path));
        seen.signoffs = TRY(read_signoffs(text, path));
        seen.signers = TRY(signers_of(wanted_.settings, list.name, reader()));
        seen.keys = TRY(signer_keys(around_.config, wanted_.settings));
        seen.four_eyes = wanted_.settings.four_eyes;
        if (seen.four_eyes && !seen.signoffs.empty()) {
            if (!word_->repository())
                return usage("preflight.four_eyes needs the author of the change from git, but there is no repository "
                             "here; start in a clone");
            seen.author = TRY(author_of_change(*word_->repository()));
        }
        seen.is_in_repository = [this](const std::string& evidence) {
            const auto file = evidence.substr(0, evidence.find('#'));
            return looked_->project.is_there(file);
        };
        if (word_->repository() && !looked_->project.is_shallow)
            seen.has_commit = [this](const std::string& id) { return word_->repository()->commit(id).ok(); };
        seen.has_file = [this](const std::string& pattern) {
            const auto& paths = looked_->project.paths;
            return std::any_of(paths.begin(), paths.end(),
                               [&](const std::string& one) { return glob_match(pattern, one); });
        };
        return seen;
    }

    Result<void> ask_rules(const std::vector<const Item*>& items, Seen& seen) {
        Asked asked;
        asked.wakes_in_development = false; // a checklist is of what goes out
        for (const Item* item : items)
            for (const auto& rule : item->rules)
                if (std::find(asked.only.begin(), asked.only.end(), rule) == asked.only.end())
                    asked.only.push_back(rule);
        if (asked.only.empty()) return {};
        const auto asks = [&](std::initializer_list<std::string_view> groups) {
            return std::any_of(asked.only.begin(), asked.only.end(), [&](const std::string& rule) {
                return std::find(groups.begin(), groups.end(), group_of(rule)) != groups.end();
            });
        };
        if (asks({"http", "tls", "live"})) TRY_VOID(ask_sites());
        if (asks({"host"}))
            looked_->project.machine = std::make_shared<const Machine>(
                look_at_machine(".", wanted_.variables, [&](std::string_view rule) { return is_asked(asked, rule); }));
        return hits_of(*looked_, asked, request_, *word_, seen);
    }

    Result<void> ask_sites() {
        auto urls = request_.urls;
        const auto own = around_.config.environment(request_.environment)["url"];
        const bool runs = phase_named(request_.listed.phase) == ItemPhase::after; // before it there may be no site
        if (urls.empty() && runs && own.present()) urls.push_back(own.text());
        for (const auto& url : urls) {
            auto site = TRY(ask_site(url, ask_by_helper, sys::real_clock()));
            looked_->project.sites.push_back(std::move(site));
        }
        return {};
    }

    Result<void> add_required(const Checklist& list, const std::vector<std::string>& way, report::Report& report) {
        for (const auto& name : list.required) {
            if (std::find(way.begin(), way.end(), name) != way.end())
                return usage(fmt::format("checklist {} requires itself, through {}", name, join(way, ", ")));
            const auto other = TRY(load(name, {}));
            const auto judged = TRY(judge(other));
            auto told = tell(judged, GroupBy::section);
            auto further = way;
            further.push_back(name);
            TRY_VOID(add_required(other, further, told));
            if (told.verdict == report::Verdict::pass) continue;
            report.verdict = report::Verdict::fail;
            report.findings.push_back(
                {.rule = "check-required",
                 .message =
                     fmt::format("{} must pass before {}, but it doesn't ({}); run: fairlead-preflight checklist {}",
                                 name, list.name, told.facts, shell_word(name))});
        }
        return {};
    }

    const Request& request_;
    const Surroundings& around_;
    Wanted wanted_;
    std::optional<Looked> looked_;
    std::optional<Word> word_;
};

}

Result<void> check_checklist(const Request& request) {
    if (request.targets.size() == 1) return {};
    return usage(fmt::format("checklist needs one name; expected {}, or the name of a file in {}",
                             one_of(builtin_checklists()), checklists_folder));
}

Result<report::Report> walk_checklist(const Request& request, const Surroundings& around) {
    auto settings = TRY(settings_of(request, around.section, around.variables));
    return Walk(request, around, std::move(settings)).of(request.targets[0]);
}

}
