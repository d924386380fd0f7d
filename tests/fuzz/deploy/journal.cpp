// slow: an execution takes ten times as long as one of the others
#include "deploy/record/journal.h"
#include <cstdint>
#include <cstdlib>

using namespace fairlead::deploy;

// What is read can be acted on: a resumed plan has only steps of the plan.
extern "C" int fuzz_deploy_journal(const std::uint8_t* data, std::size_t size) {
    const auto journal = parse_journal({reinterpret_cast<const char*>(data), size}, "journal.jsonl");
    if (!journal.ok()) return 0;
    const auto& unfinished = journal->deployment;
    recover(unfinished, {}, true);
    if (resume_steps(unfinished, {}).size() > unfinished.plan.steps.size()) std::abort();
    const auto again = parse_journal(plan_line(unfinished.plan, "now"), "journal.jsonl");
    if (!again.ok()) std::abort();
    return 0;
}
