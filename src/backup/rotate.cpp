#include "backup/rotate.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include "sys/stream/digest.h"
#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

bool needs(const Part& part, const Job& job) {
    return !part.recipients.empty() && part.recipients != job.keys.recipients();
}

const std::vector<std::string> by_passphrase = {"passphrase"};

// A passphrase has no recipient that a manifest could name: whether it is the one of before is tried, with one part, as
// all of a set were made with one.
Result<bool> is_of_before(const Job& job, Store& store, const Manifest& manifest) {
    for (const Part& part : manifest.parts) {
        if (part.recipients != by_passphrase || needs(part, job)) continue;
        auto object = TRY(store.open(part.file));
        const bool is_of_now = TRY(job.keys.is_of_now(std::move(object), part));
        return !is_of_now;
    }
    return false;
}

// Error (no): it opens by no passphrase that is here.
Result<void> check_passphrase(const Job& job, Store& store, const Manifest& manifest) {
    for (const Part& part : manifest.parts) {
        if (part.recipients != by_passphrase || needs(part, job)) continue;
        auto object = TRY(store.open(part.file));
        const auto opened = job.keys.decrypting(std::move(object), part);
        if (opened.ok()) return {}; // so do the others, which were made with it
        if (opened.error().kind != Kind::could_not) return opened.error();
        return no(fmt::format("'{}' was encrypted with another passphrase, and opens only with that passphrase: name "
                              "its variable as backup.encrypt.former_passphrase_env, and run the command again",
                              part.file));
    }
    return {};
}

// The old bytes are those of the manifest, the new ones are what is read back.
Result<Part> rewrap(const Job& job, Store& store, const Part& old) {
    Part part = old;
    part.file = after_rotation(old.file);
    part.recipients = job.keys.recipients();
    auto object = TRY(store.open(old.file));
    const auto source = sys::digesting(std::move(object));
    auto target = TRY(store.create(part.file, old.stored.bytes));
    const auto sink = sys::digesting(std::move(target));
    TRY_VOID(job.keys.rewrap(*source, *sink, old));
    if (source->figures().sha256 != old.stored.sha256)
        return no(fmt::format("'{}' is damaged: its bytes are not those of the manifest", old.file));
    TRY_VOID(sink->close());
    part.stored = {sink->figures().bytes, sink->figures().sha256};
    return part;
}

Result<void> read_back(const Job& job, Store& store, const Part& part) {
    const auto plain = TRY(open_part(job, store, part));
    std::string piece(sys::stream_piece, '\0');
    while (TRY(plain->read(piece)) > 0) continue;
    return {};
}

class One {
  public:
    One(const Job& job, Store& store, const Set& set, Lease& held, bool is_of_before)
        : job_(job), store_(store), set_(set), held_(held), is_of_before_(is_of_before) {}

    Result<void> rotate(Manifest manifest) {
        TRY_VOID(tidy(store_, set_, manifest));
        TRY_VOID(store_.write(begun_name(set_.id), "rotate\n"));
        sys::fault_point("rotate-begun");
        std::vector<std::string> old;
        for (Part& part : manifest.parts) {
            if (!needs(part, job_) && !(is_of_before_ && part.recipients == by_passphrase)) continue;
            old.push_back(part.file);
            part = TRY(rewrap(job_, store_, part));
            written_.push_back(part.file);
            sys::fault_point("rotate-file");
            TRY_VOID(read_back(job_, store_, part));
        }
        TRY_VOID(held_.check());
        TRY_VOID(seal(write_manifest(manifest)));
        TRY_VOID(held_.check()); // another disk may be mounted there since, where the old files count
        for (const auto& name : old) TRY_VOID(store_.remove(name));
        sys::fault_point("rotate-removed");
        return store_.remove(begun_name(set_.id));
    }

    // While there are two signatures one of them is the manifest's.
    Result<void> seal(const std::string& text) {
        const std::string name = set_.manifest;
        const auto statement = job_.signing.statement(name, text);
        if (!statement && job_.signing.asks())
            return could_not(
                fmt::format("'{}' can't be signed again: set the variable that backup.sign.key_env names", name));
        if (statement) TRY_VOID(settle(name));
        may_count_ = true; // even where replace() fails, whose answer may be lost
        if (statement) TRY_VOID(store_.replace(signature_name(set_.manifest, 2), *statement));
        sys::fault_point("rotate-signed");
        TRY_VOID(store_.replace(name, text));
        sys::fault_point("rotate-manifest");
        if (!statement) return {};
        TRY_VOID(store_.replace(signature_name(set_.manifest), *statement));
        return store_.remove(signature_name(set_.manifest, 2));
    }

    // After a rotation that was killed the second signature may be the only good one, and it is about to go.
    Result<void> settle(const std::string& name) {
        const auto is_second = [&](const Object& object) { return object.name == signature_name(set_.manifest, 2); };
        if (std::none_of(set_.beside.begin(), set_.beside.end(), is_second)) return {};
        const auto now = TRY(store_.read(name, longest_manifest));
        return store_.replace(signature_name(set_.manifest), job_.signing.statement(name, now).value_or(""));
    }

    // Before the manifest says so nothing has changed; from then on the next run or rotation tidies.
    void undo() {
        if (may_count_ || !held_.check().ok()) return;
        for (const auto& name : written_) (void)store_.remove(name);
        (void)store_.remove(begun_name(set_.id));
    }

  private:
    const Job& job_;
    Store& store_;
    const Set& set_;
    Lease& held_;
    const bool is_of_before_; // its passphrase
    std::vector<std::string> written_;
    bool may_count_ = false;
};

}

namespace {

// Of a set that was listed: somebody has deleted it. A store that is away altogether is an error.
Result<bool> is_gone(Store& store, const Set& set) {
    TRY_VOID(store.check_there());
    const auto there = TRY(store.list(set.manifest));
    if (there.empty()) sys::log_warning(fmt::format("set '{}' is gone: somebody else has deleted it", set.id));
    return there.empty();
}

}

Result<Rotation> rotate_store(const Job& job, Store& store, DryRun dry_run, Milliseconds wait) {
    Rotation rotation;
    rotation.store = store.shown();
    const auto there = TRY(list_sets(store, job.owner()));
    if (there.sets.empty())
        return no(
            fmt::format("it has no set of '{}'; mount its disk, or name the stores that count: --store", job.app));
    std::unique_ptr<Lease> held;
    if (dry_run == DryRun::no) {
        held = TRY(lock(store, "keys rotate", wait));
        TRY(store.sweep(std::chrono::seconds(0))); // of ours: nobody else writes under the lock
    }
    const auto found = TRY(list_sets(store, job.owner()));
    for (const Set& set : found.sets) {
        auto manifest = open_trusted(job, store, set);
        if (!manifest.ok()) {
            if (TRY(is_gone(store, set))) continue;
            rotation.failed.push_back(manifest.error().message);
            continue;
        }
        const auto is_of_former = is_of_before(job, store, manifest.value());
        if (!is_of_former.ok()) {
            rotation.failed.push_back(is_of_former.error().message);
            continue;
        }
        bool is_encrypted = false, is_old = is_of_former.value();
        for (const Part& part : manifest->parts) {
            is_encrypted = is_encrypted || !part.recipients.empty();
            is_old = is_old || needs(part, job);
        }
        if (is_encrypted && !is_old) {
            if (const auto opens = check_passphrase(job, store, manifest.value()); !opens.ok()) {
                rotation.failed.push_back(opens.error().message);
                continue;
            }
            ++rotation.were;
        }
        if (dry_run == DryRun::yes) {
            if (is_old) ++rotation.done;
            continue;
        }
        if (!is_old) {
            TRY_VOID(tidy(store, set, manifest.value()));
            continue;
        }
        TRY_VOID(held->check());
        One one(job, store, set, *held, is_of_former.value());
        if (const auto done = one.rotate(std::move(manifest).value()); !done.ok()) {
            one.undo();
            if (TRY(is_gone(store, set))) continue;
            rotation.failed.push_back(done.error().message);
        } else {
            ++rotation.done;
        }
    }
    return rotation;
}

}
