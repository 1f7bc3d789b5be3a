/** What people on call look at: the alert rules, their runbook, and the dashboard. */
@NullMarked
package dev.freshet.system.dashboards;

import org.jspecify.annotations.NullMarked;
