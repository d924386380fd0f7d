#include "migrate/steps/standing.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::migrate {

namespace {

struct Earlier {
    bool operator()(const std::string& one, const std::string& other) const { return files::is_before(one, other); }
};

report::Finding finding(std::string_view rule, const Step& step, std::string message) {
    report::Finding one{.rule = std::string(rule), .message = std::move(message)};
    if (step.file) {
        one.file = step.file->up.path;
        one.line = one.end_line = 1;
    }
    return one;
}

}

std::string Step::label() const {
    if (file) return file->label();
    return record->name.empty() ? record->version : record->version + " " + record->name;
}

Standing compare(const std::vector<files::Migration>& files, const std::vector<records::Record>& records) {
    std::map<std::string, Step, Earlier> all;
    for (const auto& file : files) all[file.version].file = &file;
    for (const auto& record : records)
        if (record.kind == "sql") all[record.version].record = &record;
    Standing standing;
    for (auto& [version, step] : all) {
        if (!step.file && !step.is_missing()) continue;
        step.is_changed = step.file && step.is_applied() && !step.record->checksum.empty() &&
                          step.record->checksum != step.file->up.checksum;
        step.is_way_back_changed = step.file && step.file->down && step.is_applied() &&
                                   !step.record->way_back.empty() && step.record->way_back != step.file->way_back();
        if (step.is_applied()) standing.current = version;
        standing.steps.push_back(step);
    }
    for (Step& step : standing.steps)
        step.is_late = step.is_pending() && !step.file->is_contract() && !standing.current.empty() &&
                       files::is_before(step.version(), standing.current);
    return standing;
}

std::size_t Standing::count(bool (Step::*is)() const) const {
    return static_cast<std::size_t>(
        std::count_if(steps.begin(), steps.end(), [&](const Step& step) { return (step.*is)(); }));
}

std::vector<const Step*> Standing::pending(std::string_view phase) const {
    std::vector<const Step*> all;
    for (const Step& step : steps) {
        if (!step.file || (!step.is_pending() && !step.is_open())) continue;
        if (phase.empty() || (phase == "contract") == step.file->is_contract()) all.push_back(&step);
    }
    return all;
}

std::vector<const Step*> Standing::applied() const {
    std::vector<const Step*> all;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step)
        if (step->is_applied()) all.push_back(&*step);
    std::stable_sort(all.begin(), all.end(), [](const Step* one, const Step* other) {
        return one->record->started_at > other->record->started_at;
    });
    return all;
}

std::string Standing::counted() const {
    std::string at = "nothing is applied";
    for (const Step& step : steps)
        if (step.is_applied()) at = "at " + step.label();
    std::string text =
        fmt::format("{}: {} applied, {} pending", at, count(&Step::is_applied), count(&Step::is_pending));
    if (const auto open = count(&Step::is_open); open > 0) text += fmt::format(", {} failed", open);
    const auto changed = std::count_if(steps.begin(), steps.end(), [](const Step& step) { return step.is_changed; });
    if (changed > 0) text += fmt::format(", {} changed", changed);
    if (const auto missing = count(&Step::is_missing); missing > 0) text += fmt::format(", {} missing", missing);
    return text;
}

std::vector<report::Finding> drift(const Standing& standing, Missing missing, Late late) {
    std::vector<report::Finding> all;
    for (const Step& step : standing.steps) {
        const auto label = step.label();
        if (step.is_changed)
            all.push_back(finding("mig-edit-applied", step,
                                  fmt::format("{} was changed after it was applied (checksum then {}, now {}); restore "
                                              "the file, or add a new migration; if you know that it is the same, run: "
                                              "fairlead-migrate repair --accept-checksum {}",
                                              label, step.record->checksum, step.file->up.checksum, step.version())));
        if (step.is_missing()) {
            all.push_back(finding("migrate/missing", step,
                                  fmt::format("{} is applied and its file is not there; bring the file back, from the "
                                              "branch that it was applied from",
                                              label)));
            if (missing == Missing::warning) all.back().severity = report::Severity::warning;
        }
        if (step.is_late && late == Late::refused)
            all.push_back(finding("migrate/late", step,
                                  fmt::format("{} is not applied, but the later version {} is; give the file a later "
                                              "version, or say migrate.allow_out_of_order: true",
                                              label, standing.current)));
    }
    return all;
}

report::Finding open_finding(const Step& step) {
    const auto& record = *step.record;
    const bool is_back = record.direction != "up";
    std::string message = record.state == records::State::failed
                              ? fmt::format("{} failed{}: {}; correct the cause and run it again", step.label(),
                                            is_back ? " while it was taken back" : "", record.error)
                              : fmt::format("{} was {}, and its end is not recorded ({} of its statements ran); it "
                                            "still runs, or was interrupted: run it again",
                                            step.label(), is_back ? "being taken back" : "begun", record.progress);
    if (is_back) message += record.direction == "redo" ? " (redo)" : " (down 1)";
    return finding("migrate/failed", step, message + ", or see: fairlead-migrate repair");
}

}
