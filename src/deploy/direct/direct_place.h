#pragma once
#include "deploy/direct/keeper.h"
#include "deploy/direct/managers.h"
#include "deploy/direct/shelf.h"
#include "deploy/direct/supervisor.h"
#include "deploy/direct/variables.h"
#include "deploy/direct/written.h"
#include "deploy/last_lines.h"
#include "deploy/layout.h"
#include "deploy/place.h"
#include "deploy/world.h"
#include <memory>
#include <string>
#include <vector>

// Only for use within deploy/direct. The class is implemented in three files. direct.cpp: the owner, the keeper of its
// processes, its files; launch.cpp: the environment of its processes; look.cpp: looks at its processes.
namespace fairlead::deploy {

class DirectPlace : public Place {
  public:
    explicit DirectPlace(const World& world)
        : world_(world), settings_(world.settings),
          host_(world.host), layout_{world.settings.root, !world.settings.user.empty() && sys::is_root()},
          managers_(managers_here(host_, world.process)), keeping_(keeping(settings_.supervise, managers_)),
          keeper_(make_keeper()) {}

    Result<void> check_owner() override;
    Result<void> preflight() override;
    std::vector<std::string> notes() override;
    std::string leaves_behind(const std::string& release) override;
    std::vector<std::string> warnings() override;
    Result<Release> read(const std::string& version, const std::string& commit) override {
        return read_release(settings_, version, commit);
    }
    std::vector<Instance> instances(const std::string& slot) override;
    bool by_tcp() const override { return settings_.port != 0; }
    Result<void> can_start() override;
    Result<void> here() override { return keeper_->here(); }
    Result<Seen> observe() override;
    Result<std::vector<Stray>> strays() override;
    Result<void> end_stray(const std::string& name) override;
    Assignments given(const std::string& slot) override;
    Result<bool> same_settings(const std::string& slot, const ReleaseInfo& release) override;
    Result<void> fetch(const Release& release) override;
    Result<void> prepare(const ReleaseInfo& release) override;
    std::string folder(const std::string& release) const override { return layout_.release(release).string(); }
    Result<void> start(const std::vector<Instance>& instances, const ReleaseInfo& release) override;
    Result<void> restart(const Instance& instance) override;
    Result<ProcessSeen> process(const Instance& instance) override { return keeper_->seen(name_of(instance)); }
    std::vector<sys::ProcessId> processes(const std::vector<Instance>& instances) override;
    Result<std::vector<Usage>> resources() override;
    Result<void> keep_warm(const std::vector<Instance>& drained, Milliseconds time) override {
        for (const auto& instance : drained) TRY_VOID(keeper_->keep_warm(name_of(instance), time));
        return {};
    }
    Result<void> wake(const std::vector<Instance>& warm) override {
        for (const auto& instance : warm) TRY_VOID(keeper_->wake(name_of(instance)));
        return {};
    }
    Result<std::string> address(const Instance& instance) override;
    Result<bool> listens(const Instance& instance) override;
    Result<bool> is_open(const Instance& instance) override;
    Result<sys::HttpResponse> ask(const Instance& instance, Milliseconds limit) override;
    Result<void> outlast(const std::vector<Instance>& instances) override;
    Result<void> end(const Instance& instance) override { return keeper_->end(name_of(instance)); }
    Result<void> kill(const Instance& instance) override { return keeper_->kill(name_of(instance)); }
    Result<void> clear(const Instance& instance) override;
    Result<void> commit(const std::string& slot, const std::string& release) override;
    Result<std::vector<std::string>> present() override;
    Result<std::vector<ledger::Damage>> damaged() override;
    Result<void> record_again() override;
    Result<void> prune(const std::vector<std::string>& kept) override;
    std::string log(const Instance& instance, std::size_t lines) override {
        return last_lines_of(host_.read_file(layout_.log(kept_as(host_, layout_, name_of(instance)))).value_or(""),
                             lines);
    }
    std::string prepare_lines(std::size_t lines) override { return last_lines_of(shelf_.output(), lines); }
    Result<void> check(const std::string& release) override { return shelf_.check({.id = release}); }
    Result<void> check_beside(const std::string& release) override;
    Result<std::string> drift(const std::string& release) override { return shelf_.drift(release); }

  private:
    struct Outside { // a process that was started for a slot, but is unknown to the slot's keeper
        sys::ProcessId process;
        Instance of;
        std::string mark; // NAME=value that it was started with; empty: it is a supervisor
        unsigned user = 0;
        std::string name() const;
    };
    Result<std::vector<Outside>> outside();
    std::vector<ledger::Damage> damaged_slot(const Instance& instance, const State& state) const;
    // Returns whether launch.json, and whether env, are as the settings and variables imply.
    std::pair<bool, bool> as_written(const Instance& instance, const State& state, const Carried& proven) const;
    std::unique_ptr<Keeper> make_keeper() const;
    std::unique_ptr<Keeper> plain_keeper() const; // without target.reload
    // Two lines: the owner of the root, and the folder of its lock and history.
    std::string owner() const { return settings_.app + "/" + settings_.environment + "\n" + settings_.state + "\n"; }
    bool was_ours(const std::string& other_state) const;
    std::string unit_name() const;
    Written written() const { return {settings_, world_.variables, layout_}; } // by today's settings
    bool binds_socket(const Instance& instance) const { return written().binds_socket(instance); }
    int port_of(const Instance& instance) const { return written().port_of(instance); }
    Launch launch_of(const Instance& instance, const std::string& release) const {
        return written().launch_of(instance, release);
    }
    std::string env_of(const Instance& instance, const ReleaseInfo& release) const {
        return written().env_of(instance, release);
    }
    // Returns how the instance was started, for example where it listens. `name`: see name_of().
    Result<Launch> started_as(const std::string& name) const;
    sys::Path socket_in_use(const Result<Launch>& launch, const std::string& name) const;
    struct Reached {
        std::string at;   // in the form of Upstream::address
        sys::Path socket; // empty: `at` is host:port
    };
    Result<Reached> reached(const Instance& instance);
    Result<void> start_one(const Instance& instance, const ReleaseInfo& release);
    Result<std::vector<Instance>> all() const; // including former instances
    Result<void> check_program() const;
    Result<void> make_socket_folders(const std::string& slot) const;
    Result<void> prune_slot(const std::string& slot) const;
    Result<void> remove_leftovers(const sys::Path& folder) const;

    const World& world_;
    const Settings& settings_;
    sys::Host& host_;
    const Layout layout_;
    const Managers managers_;
    const Keeping keeping_;
    const std::unique_ptr<Keeper> keeper_;
    Shelf shelf_{layout_, world_};
};

}
