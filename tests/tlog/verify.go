// verify checks a whole log with nothing of ours: FOLDER VKEY.
//
// The note and tlog packages of golang.org/x/mod do all that is cryptography. Every entry is
// hashed into a tree in memory; its root must be the signed one, and every tile that a log of
// this size needs must hold what that tree says. Then tiles alone, as a client reads them, must
// give some inclusion proofs and a consistency proof.
//
// The tree in memory is there because TileHashReader of x/mod 0.7 leaves tiles unauthenticated
// when the edge of the tree has more hashes than tiles.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type folder string

// path is where C2SP tlog-tiles puts a tile; bundles of entries are those of level -1.
func (f folder) path(t tlog.Tile) string {
	path := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
	return filepath.Join(string(f), strings.Replace(path, "tile/data/", "tile/entries/", 1))
}

func (f folder) Height() int { return height }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, t := range tiles {
		each, err := os.ReadFile(f.path(t))
		if err != nil {
			return nil, err
		}
		data = append(data, each)
	}
	return data, nil
}

// memory is all stored hashes of a tree, in the order of x/mod.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) (hashes []tlog.Hash, err error) {
	for _, i := range indexes {
		hashes = append(hashes, m[i])
	}
	return hashes, nil
}

func (m *memory) addBundle(path string, first, width int64) {
	data := must(os.ReadFile(path))
	for i := int64(0); i < width; i++ {
		require(len(data) >= 2, "%s is cut off", path)
		end := 2 + int(binary.BigEndian.Uint16(data))
		require(len(data) >= end, "%s is cut off", path)
		*m = append(*m, must(tlog.StoredHashes(first+i, data[2:end], *m))...)
		data = data[end:]
	}
	require(len(data) == 0, "%s is too long", path)
}

// checkpoint is the tree that the key signed.
func (f folder) checkpoint(vkey string) tlog.Tree {
	verifier := must(note.NewVerifier(vkey))
	text := must(os.ReadFile(filepath.Join(string(f), "checkpoint")))
	lines := strings.Split(must(note.Open(text, note.VerifierList(verifier))).Text, "\n")
	require(len(lines) == 4 && lines[0] == verifier.Name(), "this is not %s", verifier.Name())
	size := must(strconv.ParseInt(lines[1], 10, 64))
	root := must(base64.StdEncoding.DecodeString(lines[2]))
	require(len(root) == tlog.HashSize && size > 0, "no root, or no entries")
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree
}

func main() {
	log.SetFlags(0)
	f := folder(os.Args[1])
	tree := f.checkpoint(os.Args[2])
	var m memory
	for n := int64(0); n < tree.N; n += 1 << height {
		tile := tlog.Tile{H: height, L: -1, N: n >> height, W: int(min(1<<height, tree.N-n))}
		m.addBundle(f.path(tile), n, int64(tile.W))
	}
	require(must(tlog.TreeHash(tree.N, m)) == tree.Hash, "the entries are not what was signed")
	for level := 0; tree.N>>(height*level) > 0; level++ {
		row := tree.N >> (height * level)
		for n := int64(0); n < row; n += 1 << height {
			tile := tlog.Tile{H: height, L: level, N: n >> height, W: int(min(1<<height, row-n))}
			data := string(must(os.ReadFile(f.path(tile))))
			require(data == string(must(tlog.ReadTileData(tile, m))), "%s is wrong", f.path(tile))
		}
	}
	tiles := tlog.TileHashReader(tree, f)
	for _, i := range []int64{0, tree.N / 3, tree.N / 2, tree.N - 1} {
		leaf := m[tlog.StoredHashIndex(0, i)]
		check(tlog.CheckRecord(must(tlog.ProveRecord(tree.N, i, tiles)), tree.N, tree.Hash, i, leaf))
	}
	old := (tree.N + 1) / 2
	proof := must(tlog.ProveTree(tree.N, old, tiles))
	check(tlog.CheckTree(proof, tree.N, tree.Hash, old, must(tlog.TreeHash(old, m))))
	fmt.Println(tree.N, tree.Hash)
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func require(holds bool, format string, args ...any) {
	if !holds {
		log.Fatalf(format, args...)
	}
}
