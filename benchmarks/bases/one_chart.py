"""The floor of a page that draws: one bar chart of thirteen bars."""

import plotly.graph_objects as go
import streamlit as st

st.title("Một biểu đồ")
st.plotly_chart(go.Figure(go.Bar(x=list(range(13)), y=list(range(13)), orientation="h")))
