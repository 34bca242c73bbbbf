// Each line is a name and a connection string in base64; answers with the name, the session's user and its database.
package main

import (
	"bufio"
	"database/sql"
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	_ "github.com/lib/pq"
)

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func connect(text string) (user, database string, err error) {
	db, err := sql.Open("postgres", text)
	if err != nil {
		return "", "", err
	}
	defer db.Close()
	err = db.QueryRow("SELECT session_user, current_database()").Scan(&user, &database)
	return user, database, err
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		text, err := base64.StdEncoding.DecodeString(fields[1])
		if err != nil {
			panic(err)
		}
		user, database, err := connect(string(text))
		if err != nil {
			fmt.Printf("%s\t!\t%s\n", fields[0], encoded(err.Error()))
			continue
		}
		fmt.Printf("%s\t%s\t%s\n", fields[0], encoded(user), encoded(database))
	}
}
