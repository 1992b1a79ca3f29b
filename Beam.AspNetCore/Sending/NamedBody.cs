using System.IO.Pipelines;
using Beam.AspNetCore.Forms;
using Beam.Transfers;

namespace Beam.AspNetCore.Sending;

/// <summary>A file that a request carries.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Description">What the request says of it.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Form">The form that it is in, if it is in one.</param>
internal sealed record NamedBody(string Name, TransferDescription Description, PipeReader Bytes, UploadForm? Form = null);
