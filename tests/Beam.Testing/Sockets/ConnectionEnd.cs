namespace Beam.Testing;

/// <summary>How the other side ended its half of a TCP connection.</summary>
public enum ConnectionEnd
{
    /// <summary>It sent everything it wanted to and a FIN.</summary>
    Orderly,

    /// <summary>It tore the connection down with an RST.</summary>
    Reset,
}
