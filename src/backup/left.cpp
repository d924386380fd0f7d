#include "backup/left.h"
#include "backup/job.h"

namespace fairlead::backup {

// The mark goes last: it says whose the files are.
Result<std::vector<std::string>> sweep_left(const Job& job, Store& store, const Found& found, const std::string& id) {
    for (const Set& whole : found.sets) { // whose copy or rotation was killed at its end
        if (!whole.begun || whole.id == id) continue;
        const auto manifest = open_trusted(job, store, whole);
        TRY_VOID(manifest.ok() ? tidy(store, whole, manifest.value()) : store.remove(begun_name(whole.id)));
    }
    std::vector<std::string> swept;
    for (const Set& left : found.unfinished) {
        if (!left.begun) continue;
        const std::string mark = begun_name(left.id);
        for (const Object& object : left.data) TRY_VOID(store.remove(object.name));
        for (const Object& object : left.beside)
            if (object.name != mark) TRY_VOID(store.remove(object.name));
        TRY_VOID(store.remove(mark));
        swept.push_back(left.id);
    }
    return swept;
}

}
