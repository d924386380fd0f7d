#pragma once
#include "base/dropped.h"
#include "report/report.h"

namespace fairlead::report {

// "dropped": {"paths": 2, "kinds": {"owner": 2}, "first": [{"path": "a", "rights": "owner 0:0"}]}
Member member_of(const Dropped& dropped);

}
