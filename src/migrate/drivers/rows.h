#pragma once
#include "migrate/drivers/driver.h"

// For driver.cpp: a file per tool.
namespace fairlead::migrate::drivers {

Driver alembic();
Driver django();
Driver flyway();
Driver prisma();
Driver rails();

}
