#include "migrate/steps/select.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

Result<std::size_t> count_of(const std::string& text) {
    const auto count = parse_integer(text);
    if (!count.ok() || count.value() < 1)
        return usage(fmt::format("'{}' is not a number of migrations; write 1, or --to VERSION", text));
    return static_cast<std::size_t>(count.value());
}

bool is_known(const Standing& standing, const std::string& version) {
    return std::any_of(standing.steps.begin(), standing.steps.end(),
                       [&](const Step& step) { return step.version() == version; });
}

Error unknown(const Standing& standing, const std::string& version) {
    std::vector<std::string> known;
    for (const Step& step : standing.steps) known.push_back(step.version());
    const auto near = nearest(version, known);
    return usage(fmt::format("--to: no migration has the version {}; {}", version,
                             near.empty() ? "fairlead-migrate status counts them, and pending lists them"
                                          : fmt::format("did you mean {}?", near)));
}

Error irreversible(const Step& step) {
    if (!step.file)
        return no(fmt::format("{} can't be taken back: its file is not there; bring it back first", step.label()));
    const auto& reason = step.file->up.marks.irreversible;
    if (!reason.empty())
        return no(fmt::format("{} can't be taken back; its file says why: {}", step.label(), reason),
                  {step.file->up.path, step.file->up.marks.irreversible_line, 0, ""});
    return no(fmt::format("{} can't be taken back: nothing says how; write its .down.sql", step.label()),
              {step.file->up.path, 1, 0, ""});
}

}

Result<std::string> version_of(std::string_view version, std::string_view by) {
    const auto plain = files::plain_version(version);
    if (!plain) return usage(fmt::format("{}: '{}' is not a version; write the number of a migration", by, version));
    return *plain;
}

Result<NamedStatement> statement_of(std::string_view text) {
    const auto colon = text.rfind(':');
    const auto number = colon == text.npos ? Result<std::int64_t>(usage("")) : parse_integer(text.substr(colon + 1));
    const auto version = files::plain_version(text.substr(0, colon));
    if (!version || !number.ok() || number.value() < 1)
        return usage(fmt::format("'{}' does not name a statement; write VERSION:N, as repair shows it", text));
    return NamedStatement{*version, number.value()};
}

Result<void> check(const Request& request) {
    if (!request.count.empty()) TRY(count_of(request.count));
    if (!request.count.empty() && !request.to.empty())
        return usage(fmt::format("'{}' and --to {} both say how far; leave one out", request.count, request.to));
    for (const auto& [version, by] :
         {std::pair{&request.to, "--to"}, std::pair{&request.mark_applied, "--mark-applied"},
          std::pair{&request.mark_pending, "--mark-pending"}, std::pair{&request.accept_checksum, "--accept-checksum"},
          std::pair{&request.version, "baseline"}})
        if (!version->empty()) TRY(version_of(*version, by));
    const int asked = !request.mark_applied.empty() + !request.mark_pending.empty() + !request.accept_checksum.empty() +
                      request.drop_invalid_indexes + !request.mark_ran.empty() + !request.mark_not_ran.empty();
    if (asked > 1)
        return usage(
            "repair does one thing at a time; give one of --mark-applied, --mark-pending, --mark-ran, --mark-not-ran, "
            "--accept-checksum and --drop-invalid-indexes");
    if (!request.terminate.empty() && !parse_integer(request.terminate).ok())
        return usage(fmt::format("--terminate: '{}' is not a process number; unlock shows it", request.terminate));
    for (const auto& version : request.confirm_destructive)
        if (!files::plain_version(version) && request.name.empty())
            return usage(
                fmt::format("--confirm-destructive: '{}' is not a version; write the number of a migration", version));
    for (const auto* one : {&request.mark_ran, &request.mark_not_ran})
        if (!one->empty()) TRY(statement_of(*one));
    return {};
}

Result<std::vector<const Step*>> select_up(const Standing& standing, const Request& request) {
    auto all = standing.pending(request.phase);
    if (!request.to.empty()) {
        const auto to = TRY(version_of(request.to, "--to"));
        if (!is_known(standing, to)) return unknown(standing, to);
        std::erase_if(all, [&](const Step* step) { return files::is_before(to, step->version()); });
        if (all.empty() && !standing.current.empty() && files::is_before(to, standing.current))
            return no(fmt::format("--to {}: the database is at {} already, and up takes nothing back; run: "
                                  "fairlead-migrate down --to {}",
                                  to, standing.current, to));
    }
    if (!request.count.empty()) {
        const auto count = TRY(count_of(request.count));
        if (count > all.size() && !all.empty())
            return usage(fmt::format("up {}: only {} {} pending; write up {}, or up for all of them", count, all.size(),
                                     all.size() == 1 ? "is" : "are", all.size()));
        all.resize(std::min(all.size(), count));
    }
    if (request.phase != "contract" || all.empty()) return all;
    for (const Step* step : standing.pending("expand"))
        if (files::is_before(step->version(), all.back()->version()))
            return no(
                fmt::format("{} comes before {} and is not applied; run first: fairlead-migrate up --phase expand",
                            step->label(), all.back()->label()));
    return all;
}

Result<std::vector<const Step*>> select_down(const Standing& standing, const Request& request) {
    if (request.count.empty() && request.to.empty())
        return usage("down needs a number or a version; write down 1, or down --to VERSION (0: all of it)");
    for (const Step& step : standing.steps)
        if (step.is_open() && step.record->direction == "up")
            return no(fmt::format("{} was begun and is half there; finish it first: fairlead-migrate up, or see: "
                                  "fairlead-migrate repair",
                                  step.label()));
    auto all = standing.applied();
    for (auto step = standing.steps.rbegin(); step != standing.steps.rend(); ++step) // begun on the way back
        if (step->is_open() && step->file && step->record->direction != "up") all.insert(all.begin(), &*step);
    if (!request.to.empty()) {
        const auto to = TRY(version_of(request.to, "--to"));
        if (to != "0" && !is_known(standing, to)) return unknown(standing, to);
        std::erase_if(all, [&](const Step* step) { return !files::is_before(to, step->version()); });
    } else {
        const auto count = TRY(count_of(request.count));
        if (count > all.size())
            return usage(fmt::format("down {}: only {} {} applied; write down {}, or down --to 0 for all of them",
                                     count, all.size(), all.size() == 1 ? "is" : "are",
                                     std::max<std::size_t>(all.size(), 1)));
        all.resize(count);
    }
    for (const Step* step : all)
        if (!step->file || !step->file->down || !step->file->up.marks.irreversible.empty()) return irreversible(*step);
    return all;
}

}
