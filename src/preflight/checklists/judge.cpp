#include "preflight/checklists/judge.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/url.h"
#include "preflight/checklists/read.h"
#include "report/rules.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

using report::Severity;

class ItemJudge {
  public:
    ItemJudge(const Checklist& list, const Item& item, const Around& around, const Seen& seen)
        : list_(list), item_(item), around_(around), seen_(seen) {
        outcome_.item = &item;
        const auto found = seen.signoffs.find(item.id);
        if (found == seen.signoffs.end()) return;
        outcome_.signoff = found->second;
        outcome_.last_day = last_day(found->second, item);
    }

    Outcome judge() {
        if (auto reason = reason_against(item_, around_); !reason.empty()) return not_applicable(std::move(reason));
        if (outcome_.signoff && outcome_.signoff->verdict == "na") {
            const auto state = signed_state();
            if (state == ItemState::yes) return not_applicable(said_by(*outcome_.signoff));
            return finish(state);
        }
        const auto evidence = item_.kind == ItemKind::manual ? ItemState::yes : evidence_state();
        auto signature = item_.kind == ItemKind::automatic ? ItemState::yes : signed_state();
        if (outcome_.signoff && outcome_.signoff->verdict == "no") signature = ItemState::no;
        return finish(evidence == ItemState::yes ? signature : evidence);
    }

  private:
    Outcome not_applicable(std::string reason) {
        outcome_.state = ItemState::not_applicable;
        outcome_.why = std::move(reason);
        return std::move(outcome_);
    }

    Outcome finish(ItemState state) {
        outcome_.state = state;
        const auto today = format_utc(seen_.now).substr(0, item_.due.size());
        if (state != ItemState::yes && !item_.due.empty() && item_.due < today)
            tell("check-overdue", severity(), fmt::format("was due on {}", item_.due), {}, what_to_do());
        return std::move(outcome_);
    }

    // An error forbids in production only.
    Severity severity() const {
        return around_.profile == config::Profile::production ? item_.severity
                                                              : std::min(item_.severity, Severity::warning);
    }

    static std::string said_by(const Signoff& signoff) {
        return signoff.note.empty() ? "says " + signoff.by : fmt::format("{} ({})", signoff.note, signoff.by);
    }

    std::string what_to_do() const {
        const auto ask = seen_.signers.to_ask();
        return fmt::format("{}fairlead-preflight sign {} --evidence WHAT", ask.empty() ? "" : "ask " + ask + ": ",
                           item_.id);
    }

    // "dep-mon-04 is not signed: An uptime monitor calls the health address; ask ada: fairlead-preflight sign …"
    void tell(std::string_view rule, Severity level, const std::string& fact, Place place, const std::string& way_out) {
        if (outcome_.why.empty()) outcome_.why = fact;
        report::Finding finding{.rule = std::string(rule), .severity = level};
        finding.file = place.file;
        finding.line = finding.end_line = place.line;
        finding.message =
            fmt::format("{} {}: {}{}{}", item_.id, fact, item_.text, way_out.empty() ? "" : "; ", way_out);
        finding.refs = item_.refs;
        finding.fingerprint =
            report::fingerprint(report::full_name("preflight", rule), list_.name, item_.id + "\n" + std::string(rule),
                                static_cast<int>(outcome_.findings.size()));
        outcome_.findings.push_back(std::move(finding));
    }

    bool was_looked_at(const std::string& rule) const {
        if (seen_.rules_off.contains(rule)) return false;
        return seen_.hits.contains(rule) || !seen_.lacks.contains(rule);
    }

    // Of the first that isn't off.
    std::string what_lacks() const {
        for (const auto& rule : item_.rules)
            if (const auto found = seen_.lacks.find(rule);
                found != seen_.lacks.end() && !seen_.rules_off.contains(rule))
                return ": " + found->second;
        return " here";
    }

    ItemState evidence_state() {
        const bool looked = std::any_of(item_.rules.begin(), item_.rules.end(),
                                        [&](const std::string& rule) { return was_looked_at(rule); });
        if (!item_.rules.empty() && !looked && item_.kind == ItemKind::automatic && item_.command.empty()) {
            tell("check-auto-failed", severity(), "could not be judged", {},
                 fmt::format("{} had nothing to look at{}", one_of(item_.rules), what_lacks()));
            return ItemState::open;
        }
        if (!item_.files.empty() && std::none_of(item_.files.begin(), item_.files.end(), seen_.has_file)) {
            tell("check-auto-failed", severity(), "does not hold", {},
                 fmt::format("there is no {}", one_of(item_.files)));
            return ItemState::no;
        }
        const auto by_rules = hits_state();
        const auto by_command = item_.command.empty() ? ItemState::yes : command_state();
        return by_rules == ItemState::yes ? by_command : by_rules;
    }

    ItemState hits_state() {
        Severity worst = Severity::info;
        const RuleHit* first = nullptr;
        std::size_t count = 0;
        for (const auto& rule : item_.rules) {
            const auto found = seen_.hits.find(rule);
            if (found == seen_.hits.end()) continue;
            for (const RuleHit& hit : found->second) {
                const auto place = hit.file.empty() ? std::string() : fmt::format("{}:{}: ", hit.file, hit.line);
                outcome_.attached.push_back(fmt::format("{}{} [{}]", place, one_line(hit.message), hit.rule));
                if (!first || hit.severity > worst) first = &hit;
                worst = std::max(worst, hit.severity);
                ++count;
            }
        }
        if (!first) return ItemState::yes;
        const auto more = count > 1 ? fmt::format(" and {} more", count - 1) : "";
        tell("check-auto-failed", std::min(severity(), worst), "does not hold",
             {first->file, first->line, first->line > 0 ? 1 : 0, {}},
             fmt::format("{} [{}]{}", one_line(first->message), first->rule, more));
        return ItemState::no;
    }

    ItemState command_state() {
        const auto found = seen_.ran.find(item_.command);
        const auto words = join(item_.command, " ");
        if (found == seen_.ran.end()) {
            tell("check-auto-failed", severity(), "could not be judged", {}, fmt::format("{} was not run", words));
            return ItemState::open;
        }
        const Ran& ran = found->second;
        outcome_.time = ran.time;
        if (!ran.said.empty())
            for (const auto& line : split(ran.said, '\n')) outcome_.attached.push_back(one_line(line));
        if (!ran.problem.empty()) {
            tell("check-auto-failed", severity(), "could not be judged", {},
                 fmt::format("{}: {}", words, one_line(ran.problem)));
            return ItemState::open;
        }
        if (ran.status == 0) return ItemState::yes;
        const auto last = ran.said.substr(ran.said.rfind('\n') + 1);
        tell("check-auto-failed", severity(), ran.status == 1 ? "does not hold" : "could not be judged", {},
             fmt::format("{} exited with {}: {}", words, ran.status, one_line(last)));
        return ran.status == 1 ? ItemState::no : ItemState::open;
    }

    // What is said of a sign-off: each of these is told, the worst counts.
    ItemState signed_state() {
        if (!outcome_.signoff) {
            tell("check-unsigned", severity(), "is not signed", {}, what_to_do());
            return ItemState::open;
        }
        const Signoff& signoff = *outcome_.signoff;
        const auto today = format_utc(seen_.now).substr(0, signoff.on.size());
        auto state = ItemState::yes;
        const auto stale = [&](std::string_view rule, const std::string& fact) {
            tell(rule, severity(), fact, signoff.place, what_to_do());
            state = ItemState::stale;
        };
        if (signoff.verdict == "no")
            stale("check-signed-no", fmt::format("was signed as 'no' by {}{}", signoff.by,
                                                 signoff.note.empty() ? "" : " (" + one_line(signoff.note) + ")"));
        if (today < signoff.on)
            stale("check-expired", fmt::format("was signed on {}, which is in the future", signoff.on));
        else if (outcome_.last_day < today)
            stale("check-expired", fmt::format("was signed by {}, but only until {}", signoff.by, outcome_.last_day));
        if (signoff.text_sha != item_.text_sha())
            stale("check-text-changed", fmt::format("has another text than when {} signed it", signoff.by));
        if (signoff.verdict == "na" && signoff.note.empty())
            stale("check-na-no-note", fmt::format("was signed as not applicable by {}, without a note", signoff.by));
        check_signer(signoff, stale);
        check_evidence(signoff, stale);
        const auto why = outcome_.why; // what is still good is no reason
        if (state == ItemState::yes && day_after(today, notice_of(item_)) > outcome_.last_day)
            tell("check-expired", std::min(severity(), Severity::warning),
                 fmt::format("was signed by {} until {} only", signoff.by, outcome_.last_day), signoff.place,
                 what_to_do());
        if (state == ItemState::yes && !signoff.commit.empty() && seen_.has_commit && !seen_.has_commit(signoff.commit))
            tell("check-commit-unknown", std::min(severity(), Severity::warning),
                 fmt::format("was signed by {} at commit {}, which this repository doesn't have", signoff.by,
                             signoff.commit.substr(0, 10)),
                 signoff.place, what_to_do());
        if (state == ItemState::yes) outcome_.why = why;
        return state;
    }

    template <typename Stale>
    void check_signer(const Signoff& signoff, const Stale& stale) const {
        if (!seen_.signers.may_sign(signoff.by))
            stale("check-signer-unknown",
                  fmt::format("was signed by {}, but {} doesn't name this person", signoff.by, seen_.signers.from));
        if (mail_of(signoff.by).find('@') == std::string::npos)
            stale("check-signer-unknown",
                  fmt::format("was signed by {}, without a mail address", one_line(signoff.by)));
        if (!seen_.keys.empty()) {
            const auto key = sealed_by(list_.name, signoff, seen_.keys, seen_.now);
            if (!key.ok())
                stale("check-signer-unknown",
                      fmt::format("was signed by {}, but not with a key of preflight.signer_keys ({})", signoff.by,
                                  key.error().message));
        }
        const bool own = seen_.four_eyes && !seen_.author.empty() && mail_of(signoff.by) == lower(seen_.author);
        if (own) stale("check-self-signed", fmt::format("was signed by {}, who made the change", signoff.by));
    }

    template <typename Stale>
    void check_evidence(const Signoff& signoff, const Stale& stale) const {
        if (signoff.verdict != "yes" && signoff.evidence.empty()) return;
        if (signoff.evidence.empty()) return stale("check-evidence-missing", "was signed without evidence");
        const bool there = is_absolute_url(signoff.evidence) ? names_a_page(signoff.evidence)
                                                             : seen_.is_in_repository(signoff.evidence);
        if (!there)
            stale("check-evidence-missing",
                  fmt::format("names '{}' as evidence, which is {}", one_line(signoff.evidence),
                              is_absolute_url(signoff.evidence) ? "not a URL" : "not in the repository"));
    }

    const Checklist& list_;
    const Item& item_;
    const Around& around_;
    const Seen& seen_;
    Outcome outcome_;
};

}

std::string_view name_of(ItemState state) {
    switch (state) {
    case ItemState::yes: return "yes";
    case ItemState::no: return "no";
    case ItemState::stale: return "stale";
    case ItemState::open: return "open";
    case ItemState::not_applicable: break;
    }
    return "not applicable";
}

Milliseconds notice_of(const Item& item) { return std::min(14 * one_day, item.expires / 4 / one_day * one_day); }

Outcome judge_item(const Checklist& list, const Item& item, const Around& around, const Seen& seen) {
    return ItemJudge(list, item, around, seen).judge();
}

}
