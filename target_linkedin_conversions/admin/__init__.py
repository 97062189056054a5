"""LinkedIn's other endpoints: conversion rules, and the preflight."""
