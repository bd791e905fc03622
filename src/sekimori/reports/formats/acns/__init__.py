"""ACNS 1.x and 2.x: the XML of copyright notices (ip-echelon, Irdeto and others), a lane of its own: never without a person."""
