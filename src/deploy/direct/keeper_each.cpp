#include "deploy/direct/keeper.h"

namespace fairlead::deploy {

namespace {

class KeeperOfEach : public Keeper {
  public:
    explicit KeeperOfEach(std::vector<std::unique_ptr<Keeper>> keepers) : all_(std::move(keepers)) {}

    Result<void> here() override {
        for (const auto& keeper : all_) TRY_VOID(keeper->here());
        return {};
    }
    bool knows(const std::string& slot) override { return of(slot).knows(slot); }
    Result<void> start(const std::string& slot, const Launch& launch) override {
        for (std::size_t i = 1; i < all_.size(); ++i) {
            if (!all_[i]->knows(slot)) continue;
            TRY_VOID(all_[i]->clear(slot));
            TRY_VOID(all_[i]->forget(slot));
        }
        return all_.front()->start(slot, launch);
    }
    Result<ProcessSeen> seen(const std::string& slot) override { return of(slot).seen(slot); }
    sys::ProcessId main_process(const std::string& slot) override { return of(slot).main_process(slot); }
    Result<void> keep_warm(const std::string& slot, Milliseconds time) override {
        return of(slot).keep_warm(slot, time);
    }
    Result<void> wake(const std::string& slot) override { return of(slot).wake(slot); }
    Result<void> end(const std::string& slot) override { return of(slot).end(slot); }
    Result<void> kill(const std::string& slot) override { return of(slot).kill(slot); }
    Result<void> clear(const std::string& slot) override { return of(slot).clear(slot); }
    Result<void> check(const std::vector<std::string>& slots) override { return all_.front()->check(slots); }
    Result<void> outlast(const std::string& slot) override { return of(slot).outlast(slot); }
    Result<void> forget(const std::string& slot) override {
        TRY_VOID(all_.front()->forget(slot));
        for (std::size_t i = 1; i < all_.size(); ++i)
            if (all_[i]->knows(slot)) TRY_VOID(all_[i]->forget(slot));
        return {};
    }
    sys::Path lacks(const std::string& slot) override { return of(slot).lacks(slot); }
    sys::Path changed(const std::string& slot) override { return of(slot).changed(slot); }
    Result<void> commit(const std::vector<std::string>& serving, const std::vector<std::string>& others) override {
        for (const auto& keeper : all_) {
            const auto its = [&](const std::vector<std::string>& slots) {
                std::vector<std::string> found;
                for (const auto& slot : slots)
                    if (&of(slot) == keeper.get()) found.push_back(slot);
                return found;
            };
            TRY_VOID(keeper->commit(its(serving), its(others)));
        }
        return {};
    }

  private:
    Keeper& of(const std::string& slot) {
        for (std::size_t i = 1; i < all_.size(); ++i) {
            if (!all_[i]->knows(slot)) continue;
            const auto seen = all_[i]->seen(slot);
            if (seen.ok() && seen->running) return *all_[i];
        }
        return *all_.front();
    }

    const std::vector<std::unique_ptr<Keeper>> all_;
};

}

std::unique_ptr<Keeper> keeper_of_each(std::vector<std::unique_ptr<Keeper>> keepers) {
    return std::make_unique<KeeperOfEach>(std::move(keepers));
}

}
