"""Layers: each a module with its forward and its backward pass side by side.

Every file has the functions, which are the idea, and a module that keeps what they need.
"""

from firsthand.scratch.nn.layers.activations import (
    GELU,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from firsthand.scratch.nn.layers.attention import MultiHeadAttention
from firsthand.scratch.nn.layers.batch_norm import BatchNorm1d, BatchNorm2d
from firsthand.scratch.nn.layers.convolution import Conv1d, Conv2d, ConvTranspose2d
from firsthand.scratch.nn.layers.cross_attention import CrossAttention
from firsthand.scratch.nn.layers.decoder import DecoderBlock
from firsthand.scratch.nn.layers.dropout import Dropout
from firsthand.scratch.nn.layers.embedding import Embedding
from firsthand.scratch.nn.layers.gru import GRU
from firsthand.scratch.nn.layers.linear import Linear
from firsthand.scratch.nn.layers.lstm import LSTM
from firsthand.scratch.nn.layers.normalization import LayerNorm, RMSNorm
from firsthand.scratch.nn.layers.pooling import AvgPool2d, GlobalAvgPool2d, MaxPool2d
from firsthand.scratch.nn.layers.positions import LearnedPositions, SinusoidalPositions
from firsthand.scratch.nn.layers.recurrent import Recurrent
from firsthand.scratch.nn.layers.rnn import RNN
from firsthand.scratch.nn.layers.shapes import Flatten, Residual, Unflatten
from firsthand.scratch.nn.layers.transformer import TransformerBlock
from firsthand.scratch.nn.layers.windows import Geometry

__all__ = [
    "GELU",
    "GRU",
    "LSTM",
    "RNN",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "CrossAttention",
    "DecoderBlock",
    "Dropout",
    "Embedding",
    "Flatten",
    "Geometry",
    "GlobalAvgPool2d",
    "LayerNorm",
    "LeakyReLU",
    "LearnedPositions",
    "Linear",
    "MaxPool2d",
    "MultiHeadAttention",
    "RMSNorm",
    "ReLU",
    "Recurrent",
    "Residual",
    "Sigmoid",
    "SinusoidalPositions",
    "Softmax",
    "Tanh",
    "TransformerBlock",
    "Unflatten",
]
