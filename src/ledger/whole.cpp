#include "ledger/whole.h"
#include "ledger/files.h"

namespace fairlead::ledger {

namespace {

Result<Chain> read_all(const Ledger& ledger) {
    Chain chain;
    auto names = TRY(names_in(ledger.folder()));
    std::erase_if(names, [](const auto& name) { return !name.starts_with("history-") || !name.ends_with(".jsonl"); });
    names.emplace_back("history.jsonl");
    for (const auto& name : names) {
        chain = TRY(ledger.read_history(name, std::move(chain)));
        for (auto& problem : chain.broken)
            if (name != names.back() && problem.starts_with("line ")) problem = name + ": " + problem;
    }
    return chain;
}

}

Result<Chain> whole_history(const Ledger& ledger, const Domain& domain) {
    // An act may write while we read, without the lock: then state.json has changed, and it is read again.
    for (int again = 3;; --again) {
        const auto before = TRY(ledger.state());
        auto chain = TRY(read_all(ledger));
        const auto open = TRY(ledger.unfinished());
        const auto after = TRY(ledger.state());
        if (again > 0 && after.last.sha256 != before.last.sha256) continue;
        for (auto& problem : broken_end(chain, after.last, open ? open->id : "", domain))
            chain.broken.push_back(std::move(problem));
        return chain;
    }
}

}
