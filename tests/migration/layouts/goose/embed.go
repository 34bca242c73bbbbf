// Package migrations holds the SQL.
package migrations
