-- Written by `fairlead init --production`; yours to change. What a developer's new database begins with; production never
-- reads this folder. docker compose down --volumes, then up, begins again.
SELECT 'no seeds yet' AS seeds;
