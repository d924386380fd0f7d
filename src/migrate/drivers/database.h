#pragma once
#include "migrate/drivers/driver.h"

namespace fairlead::migrate::drivers {

// Reads the tool's table. `name` is as written ("schema.table"); the table may be absent. Error (could_not): the
// connection is lost, or the table may not be read.
Result<Records> read_records(server::Connection& connection, const Driver& driver, const std::string& name);

}
