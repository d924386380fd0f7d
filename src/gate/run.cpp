#include "gate/run.h"
#include "base/text.h"
#include "base/words.h"
#include "gate/collect/shards.h"
#include "gate/formats/write_cobertura.h"
#include "gate/judge/covered_sources.h"
#include "gate/judge/judge.h"
#include "gate/report.h"
#include "sys/clock.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::gate {
namespace {

std::string day_of(SystemTime time) { return format_utc(time).substr(0, 10); }

// A run that writes the baseline takes all findings as known.
std::optional<KnownFindings> known_findings(const Asking& asking, const std::optional<Past>& past, SystemTime now) {
    const auto& policy = asking.policy;
    if (!policy.judges_new()) return std::nullopt;
    KnownFindings::Days days{.today = day_of(now)};
    if (asking.writes_baseline) return KnownFindings(std::nullopt, days);
    if (policy.max_known) days.oldest = day_of(now - *policy.max_known);
    if (!past || !past->baseline) return KnownFindings(KnownFindings::Ids());
    return KnownFindings(past->baseline->findings.value_or(KnownFindings::Ids()), days);
}

// The entries that have a file; one file may be of two.
std::vector<std::string> entries_of(const Policy& policy, std::span<const Item> items) {
    std::vector<std::string> entries;
    for (const auto& expected : policy.reports) {
        const bool is_missing = std::any_of(items.begin(), items.end(), [&](const Item& item) {
            return item.name == expected.name && item.evidence.problem == Problem::missing;
        });
        if (!is_missing) entries.push_back(expected.name);
    }
    return entries;
}

void tell_packed(const Asking& asking, const Shard& shard, report::Report& report) {
    report.is_interim = true;
    report.says = report::Says::facts;
    report.outputs.clear(); // those of a verdict
    report.verdict_output.clear();
    report.facts = fmt::format("{} packed into {}; nothing is judged yet",
                               counted(report.looked.count.value_or(0), "report is", "reports are"), asking.shard);
    if (!shard.of.dirty) return;
    auto& finding = report.findings.emplace_back();
    finding.rule = "gate/shard";
    finding.severity = report::Severity::warning;
    finding.message =
        "files that git tracks were changed here since the commit, so a job without these changes refuses "
        "the shard; git status -uno names them";
}

// What the reports say is judged later; that they can be read is not.
Result<report::Report> pack(const Asking& asking, SystemTime now) {
    TRY_VOID(drop_shard(asking.shard));
    auto policy = asking.policy;
    Shard shard{.name = shard_of_folder(asking.shard),
                .of = report::stamp_of(asking.folders.root),
                .collected = now,
                .folder = from_root(asking.folders, asking.config_folder)};
    std::erase_if(policy.reports, [&](const Expected& one) { return !asking.policy.takes_of_shard(shard.name, one); });
    for (auto& expected : policy.reports) expected.min_files = 1; // the others may be in other shards
    TRY_VOID(refuse_roots(policy, asking.folders));
    auto freshness = TRY(Freshness::of(policy.age, asking.folders.base, now));
    const auto items = TRY(collect(policy, asking.folders, freshness));
    const auto judgement = judge({}, items, {});
    auto report = to_report(items, {}, judgement);
    report.is_interim = true;
    if (!judgement.passed()) return report;
    shard.entries = entries_of(policy, items);
    shard.sizes = TRY(measure_sizes(policy.sizes, {asking.folders.root, asking.config_folder}));
    std::erase_if(shard.sizes, [](const Size& size) { return size.files == 0; });
    TRY_VOID(write_shard(asking.shard, shard, items, asking.folders));
    tell_packed(asking, shard, report);
    return report;
}

class Judging {
  public:
    Judging(const Asking& asking, SystemTime now) : asking_(asking), policy_(asking.policy), now_(now) {}

    Result<report::Report> judged() {
        TRY_VOID(refuse_roots(policy_, asking_.folders));
        TRY_VOID(look_back());
        auto freshness = TRY(Freshness::of(policy_.age, asking_.folders.base, now_));
        std::optional<FoundShards> shards;
        if (!policy_.shards.empty())
            shards = TRY(find_shards(policy_, asking_.folders, from_root(asking_.folders, asking_.config_folder),
                                     freshness, now_));
        auto known = known_findings(asking_, past_, now_);
        const FindingScope scope{policy_.judges_diff() ? &*changed_ : nullptr, known ? &*known : nullptr};
        const auto items = TRY(collect(policy_, asking_.folders, freshness, scope, shards ? &*shards : nullptr));
        auto totals = sum(items, changed_ ? &*changed_ : nullptr, policy_);
        totals.sizes = TRY(measure_sizes(policy_.sizes, {asking_.folders.root, asking_.config_folder}));
        if (shards) {
            totals.shards = std::move(shards->checks);
            for (auto& size : totals.sizes)
                if (const auto found = shards->sizes.find(size.name);
                    found != shards->sizes.end() && found->second.bytes >= size.bytes)
                    size = found->second;
        }
        if (known) totals.overdue = known->overdue();
        if (known) totals.undated = known->undated();
        if (known && asking_.writes_baseline && totals.findings) totals.finding_ids = known->kept();
        const auto& kept = asking_.verdicts;
        totals.required = TRY(required(policy_.require, kept.empty() ? asking_.folders.base : kept, freshness));
        return told(items, totals);
    }

  private:
    Result<void> look_back() {
        const bool wants_lines = policy_.min_diff_lines || policy_.judges_diff() || !policy_.base.empty();
        const bool wants_past = (asking_.baseline || !asking_.note.empty()) && !asking_.writes_baseline;
        if (!wants_lines && !wants_past) return {};
        const auto base = TRY(Base::find(asking_.folders.root, policy_.base, asking_.change));
        if (wants_lines) changed_ = TRY(base.added_lines());
        if (!wants_past) return {};
        auto past = asking_.baseline ? past_of(*asking_.baseline, base) : past_of_note(asking_.note, base);
        past_ = TRY(std::move(past));
        return {};
    }

    // What the notes have, so that a finding stays known since the day when it was first noted.
    Result<Baseline> noted_before() const {
        if (asking_.note.empty()) return Baseline();
        const auto head = TRY(Base::find(asking_.folders.root, "HEAD", {}));
        auto past = past_of_note(asking_.note, head);
        if (past.ok()) return past->baseline.value_or(Baseline());
        sys::log_warning(past.error().message + "; so all findings are written as known since today");
        return Baseline();
    }

    Result<report::Report> told(const std::vector<Item>& items, const Totals& totals) const {
        const auto judgement = judge(policy_, items, totals, past_ ? &*past_ : nullptr);
        auto report = to_report(items, totals, judgement);
        if (asking_.explains) {
            const auto lines = explained(judgement, asking_.explains);
            report.text += join(lines, "\n") + "\n";
            report.members.push_back(report::member("explained", sys::Json(lines)));
        }
        if (totals.diff) report.sources = covered_sources(*totals.diff, asking_.folders.root);
        if (asking_.wants_cobertura) report.bodies["cobertura"] = write_cobertura(merged_coverage(items));
        if (past_ && asking_.baseline) {
            const auto now = TRY(asking_.baseline->read());
            if (auto silenced = lowered(*past_, now.value_or(Baseline()), totals, policy_))
                report.findings.push_back(std::move(*silenced));
        }
        if (!asking_.writes_baseline || !asking_.baseline) return report;
        const bool writes = judgement.passed();
        if (writes) {
            const auto before = TRY(noted_before());
            TRY_VOID(asking_.baseline->write(totals, before));
        }
        report.facts +=
            writes ? fmt::format("; {} is written", asking_.baseline->path()) : "; the baseline isn't written";
        return report;
    }

    const Asking& asking_;
    const Policy& policy_;
    const SystemTime now_;
    std::optional<ChangedLines> changed_;
    std::optional<Past> past_;
};

}

Result<report::Report> run(const Asking& asking) {
    const auto now = sys::real_clock().now();
    return asking.shard.empty() ? Judging(asking, now).judged() : pack(asking, now);
}

}
