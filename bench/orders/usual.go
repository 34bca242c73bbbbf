// The usual way to keep an order: BEGIN, INSERT the order, INSERT each item, COMMIT, unprepared, from a pool of 25 with 5
// idle. usual CLIENTS SECONDS; DATABASE_URL says where. Prints orders per second, p50 and p99 in milliseconds.
package main

import (
	"database/sql"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"sync"
	"time"

	_ "github.com/lib/pq"
)

type item struct {
	product  string
	quantity int
	units    int64
	nanos    int32
}

var items = []item{{"OLJCESPC7Z", 2, 17, 682441398}, {"6E92ZMYYFZ", 1, 7, 952233525}, {"9SIQT8TOJO", 3, 4, 856258293}}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func uuid(random *rand.Rand) string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", random.Uint32(), random.Intn(1<<16), random.Intn(1<<12),
		random.Intn(1<<12), random.Int63n(1<<48))
}

func place(db *sql.DB, id, user string) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	_, err = tx.Exec(`INSERT INTO orders (order_id, user_id, user_email, user_currency, shipping_cost_units,
		shipping_cost_nanos, shipping_address_street, shipping_address_city, shipping_address_state,
		shipping_address_country, shipping_address_zip, total_amount_units, total_amount_nanos)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		id, user, "someone@example.com", "EUR", 7, 952233525, "1600 Amphitheatre Parkway", "Mountain View", "CA",
		"United States", 94043, 65, 838124725)
	if err != nil {
		return err
	}
	for n, one := range items {
		_, err = tx.Exec(`INSERT INTO order_items (order_id, line_no, product_id, quantity, cost_units, cost_nanos)
			VALUES ($1, $2, $3, $4, $5, $6)`, id, n+1, one.product, one.quantity, one.units, one.nanos)
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

func main() {
	clients, err := strconv.Atoi(os.Args[1])
	check(err)
	seconds, err := strconv.Atoi(os.Args[2])
	check(err)
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	check(err)
	db.SetMaxOpenConns(25)
	db.SetMaxIdleConns(5)
	start := time.Now()
	end := start.Add(time.Duration(seconds) * time.Second)
	var all []time.Duration
	var guard sync.Mutex
	var group sync.WaitGroup
	for client := 0; client < clients; client++ {
		group.Add(1)
		go func(client int) {
			defer group.Done()
			random := rand.New(rand.NewSource(time.Now().UnixNano() + int64(client)*7919))
			var mine []time.Duration
			for time.Now().Before(end) {
				id := uuid(random)
				before := time.Now()
				check(place(db, id, "usual-"+id))
				mine = append(mine, time.Since(before))
			}
			guard.Lock()
			all = append(all, mine...)
			guard.Unlock()
		}(client)
	}
	group.Wait()
	whole := time.Since(start).Seconds()
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	at := func(part float64) float64 {
		index := int(part * float64(len(all)))
		if index >= len(all) {
			index = len(all) - 1
		}
		return float64(all[index].Nanoseconds()) / 1e6
	}
	fmt.Printf("%.1f\t%.3f\t%.3f\n", float64(len(all))/whole, at(0.5), at(0.99))
}
