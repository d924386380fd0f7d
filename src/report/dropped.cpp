#include "report/dropped.h"
#include "sys/data/json.h"

namespace fairlead::report {

Member member_of(const Dropped& dropped) {
    sys::Json first = sys::Json::array();
    for (const auto& one : dropped.first())
        first.push_back({{"path", one.path}, {"rights", fairlead::shown(one.rights)}});
    return member("dropped", {{"paths", dropped.paths}, {"kinds", dropped.kinds}, {"first", std::move(first)}});
}

}
